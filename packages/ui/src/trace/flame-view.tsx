/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- a canvas that keys walk through */
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { formatDurationUs } from '../format.js';
import { type Theme, useTheme } from '../theme.js';
import { flameLayout, type FlameLayout, lastStartedBy, spanAt } from './flame-layout.js';
import { statusError } from './span-tree.js';
import { axisTicks, fractionOf, type TimeWindow } from './time-window.js';
import type { TraceModel } from './trace-model.js';
import styles from './flame-view.module.css';

const rowPx = 20;
const narrowestFramePx = 0.5;
const narrowestLabelPx = 34;

type FlameViewProps = {
  readonly model: TraceModel;
  readonly window: TimeWindow;
  /** -1 for none. */
  readonly selected: number;
  /** 1 for each span that was found; undefined when nothing is looked for. */
  readonly found: Uint8Array | undefined;
  readonly onSelect: (span: number) => void;
};

/**
 * The trace as a flame graph: called work below its caller, as wide as it took. Drawn on a canvas and only what is in
 * sight; arrow keys walk through the tree, and the line below says where one is. "By operation" is its table.
 */
export function FlameView({ model, window, selected, found, onSelect }: FlameViewProps): ReactNode {
  const { spans, tree } = model;
  const layout = useMemo(() => flameLayout(spans, tree), [spans, tree]);
  const theme = useTheme();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ widthPx: 0, heightPx: 0 });
  const [scrollPx, setScrollPx] = useState(0);
  const [hovered, setHovered] = useState(-1);

  useEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() =>
      setSize({ widthPx: element.clientWidth, heightPx: element.clientHeight }),
    );
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = scroller.current;
    if (element === null || selected < 0) return;
    const top = layout.rowOf[selected]! * rowPx;
    if (top < element.scrollTop) element.scrollTop = top;
    else if (top + rowPx > element.scrollTop + element.clientHeight)
      element.scrollTop = top + rowPx - element.clientHeight;
  }, [layout, selected]);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined || size.widthPx === 0) return undefined;
    const frame = requestAnimationFrame(() => {
      element.width = size.widthPx * devicePixelRatio;
      element.height = size.heightPx * devicePixelRatio;
      context.scale(devicePixelRatio, devicePixelRatio);
      drawFlame({ context, model, layout, theme, window, ...size, scrollPx, selected, hovered, found });
    });
    return () => cancelAnimationFrame(frame);
  }, [model, layout, theme, window, size, scrollPx, selected, hovered, found]);

  const under = (event: MouseEvent): number => {
    const rect = canvas.current?.getBoundingClientRect();
    if (rect === undefined) return -1;
    const us = window.fromUs + ((event.clientX - rect.left) / rect.width) * (window.toUs - window.fromUs);
    const row = Math.floor((event.clientY - rect.top + scrollPx) / rowPx);
    return spanAt(layout, spans, row, us) ?? -1;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = neighbour(model, selected, event.key);
    if (next === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    if (next >= 0) onSelect(next);
  };
  const ticks = axisTicks(window, 8);
  const said = hovered >= 0 ? hovered : selected;

  return (
    <div className={styles.view}>
      <div className={`${styles.axis} num`} aria-hidden="true">
        {ticks.map(us => (
          <span key={us} style={{ left: `${fractionOf(window, us) * 100}%` }}>
            {us === 0 ? '0' : formatDurationUs(us)}
          </span>
        ))}
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="application"
        aria-label="Flame graph. Arrow keys walk through the spans; the tab By operation is its table."
        tabIndex={0}
        onScroll={event => setScrollPx(event.currentTarget.scrollTop)}
        onKeyDown={onKeyDown}
        onClick={event => {
          const span = under(event);
          if (span >= 0) onSelect(span);
        }}
        onMouseMove={event => setHovered(under(event))}
        onMouseLeave={() => setHovered(-1)}
      >
        <div className={styles.sheet} style={{ height: Math.max(layout.rowCount * rowPx, 1) }}>
          <canvas ref={canvas} className={styles.canvas} style={{ height: size.heightPx }} aria-hidden="true" />
        </div>
      </div>
      <p className={styles.said} aria-live="polite">
        {said >= 0 && (
          <>
            <span>{model.workers[model.workerOf[said]!]}</span>
            <b>{model.trace.names[spans.name[said]!]}</b>
            <span className="num">
              {formatDurationUs(spans.durationUs[said])}, itself {formatDurationUs(model.selfUs[said])}
              {spans.status[said] === statusError ? ', failed' : ''}
            </span>
          </>
        )}
      </p>
    </div>
  );
}

/** Where an arrow key leads: up to the caller, down to the first call, left and right among siblings. Undefined for other keys. */
function neighbour(model: TraceModel, span: number, key: string): number | undefined {
  const { tree } = model;
  if (!/^Arrow(Up|Down|Left|Right)$/.test(key)) return undefined;
  if (span < 0) return tree.roots[0] ?? -1;
  if (key === 'ArrowUp') return tree.parent[span]!;
  if (key === 'ArrowDown') return tree.firstChild[span]!;
  if (key === 'ArrowRight') return tree.nextSibling[span]!;
  const above = tree.parent[span]!;
  let sibling = above < 0 ? -1 : tree.firstChild[above]!;
  while (sibling >= 0 && tree.nextSibling[sibling] !== span) sibling = tree.nextSibling[sibling]!;
  return sibling;
}

type Drawing = {
  readonly context: CanvasRenderingContext2D;
  readonly model: TraceModel;
  readonly layout: FlameLayout;
  readonly theme: Theme;
  readonly window: TimeWindow;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scrollPx: number;
  readonly selected: number;
  readonly hovered: number;
  readonly found: Uint8Array | undefined;
};

function drawFlame(drawing: Drawing): void {
  const { context, model, layout, theme, window, widthPx, heightPx, scrollPx } = drawing;
  const { spans } = model;
  context.clearRect(0, 0, widthPx, heightPx);
  context.font = `500 11px ${theme.font}`;
  context.textBaseline = 'middle';
  const firstRow = Math.floor(scrollPx / rowPx);
  const lastRow = Math.min(layout.rowCount - 1, Math.ceil((scrollPx + heightPx) / rowPx));
  const pxPerUs = widthPx / (window.toUs - window.fromUs);
  for (let row = firstRow; row <= lastRow; row++) {
    const top = row * rowPx - scrollPx;
    const begin = lastStartedBy(layout, spans, row, window.fromUs) ?? layout.rowStart[row]!;
    let drawnToPx = -1;
    for (let i = begin; i < layout.rowStart[row + 1]!; i++) {
      const span = layout.spans[i]!;
      const leftPx = (spans.startUs[span]! - window.fromUs) * pxPerUs;
      if (leftPx > widthPx) break;
      const rightPx = leftPx + spans.durationUs[span]! * pxPerUs;
      // What is thinner than a pixel and touches the frame before it adds nothing to the picture.
      if (rightPx < 0 || rightPx - drawnToPx < narrowestFramePx) continue;
      drawnToPx = rightPx;
      drawFrame(drawing, span, Math.max(leftPx, -1), Math.min(rightPx, widthPx + 1), top);
    }
  }
}

function drawFrame(drawing: Drawing, span: number, leftPx: number, rightPx: number, top: number): void {
  const { context, model, theme, selected, hovered, found } = drawing;
  const width = Math.max(rightPx - leftPx - 0.5, 0.75);
  const colour = theme.series[(model.slotOf[model.workerOf[span]!] ?? 1) - 1] ?? theme.text3;
  const marked = span === selected || span === hovered;
  const isPale = found !== undefined && found[span] !== 1;
  context.globalAlpha = isPale ? 0.08 : marked ? 0.55 : 0.3;
  context.fillStyle = colour;
  context.fillRect(leftPx, top + 1, width, rowPx - 2);
  context.globalAlpha = isPale ? 0.25 : 1;
  context.fillRect(leftPx, top + 1, Math.min(3, width), rowPx - 2);
  if (model.spans.status[span] === statusError) {
    context.fillStyle = theme.crit;
    context.fillRect(leftPx, top + rowPx - 3, width, 2);
  }
  if (span === selected) {
    context.strokeStyle = theme.accent;
    context.lineWidth = 2;
    context.strokeRect(leftPx + 1, top + 2, Math.max(width - 2, 1), rowPx - 4);
  }
  context.globalAlpha = 1;
  if (width < narrowestLabelPx) return;
  context.save();
  context.beginPath();
  context.rect(leftPx, top, width - 4, rowPx);
  context.clip();
  context.fillStyle = theme.text;
  context.globalAlpha = isPale ? 0.45 : 1;
  const name = model.trace.names[model.spans.name[span]!] ?? '';
  context.fillText(name, Math.max(leftPx, 0) + 7, top + rowPx / 2 + 0.5);
  context.restore();
}
