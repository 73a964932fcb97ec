/* oxlint-disable jsx-a11y/no-noninteractive-element-interactions, jsx-a11y/no-noninteractive-tabindex -- a canvas that keys walk through */
import { type KeyboardEvent, type MouseEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { formatChange, formatShare } from '../format.js';
import { Button } from '../parts/button.js';
import { type Theme, useTheme } from '../theme.js';
import { frameAt, type FlameModel } from './flame-model.js';
import styles from './flame.module.css';

type FlameGraphProps = {
  readonly model: FlameModel;
  /** The frame that is chosen; -1 for none. */
  readonly chosen: number;
  onChoose(frame: number): void;
  /** Values as people read them. */
  format(value: number): string;
};

const rowPx = 20;
const narrowestFramePx = 0.5;
const narrowestLabelPx = 30;

/**
 * Calls below their callers, as wide as what they took. A click chooses a frame and makes it as wide as the picture; arrow keys walk, the line below says
 * where one is. With an earlier profile the colour is the change: red took longer, blue less. The table beside it has the same in words.
 */
export function FlameGraph({ model, chosen, onChoose, format }: FlameGraphProps): ReactNode {
  const theme = useTheme();
  const scroller = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [size, setSize] = useState({ widthPx: 0, heightPx: 0 });
  const [scrollPx, setScrollPx] = useState(0);
  const [hovered, setHovered] = useState(-1);
  const from = chosen < 0 ? 0 : model.start[chosen]!;
  const span = (chosen < 0 ? model.whole : model.width[chosen]!) || model.whole || 1;

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
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined || size.widthPx === 0) return undefined;
    const frame = requestAnimationFrame(() => {
      element.width = size.widthPx * devicePixelRatio;
      element.height = size.heightPx * devicePixelRatio;
      context.scale(devicePixelRatio, devicePixelRatio);
      draw({ context, model, theme, ...size, scrollPx, from, span, chosen, hovered });
    });
    return () => cancelAnimationFrame(frame);
  }, [model, theme, size, scrollPx, from, span, chosen, hovered]);

  const under = (event: MouseEvent): number => {
    const rect = canvas.current?.getBoundingClientRect();
    if (rect === undefined) return -1;
    const at = from + ((event.clientX - rect.left) / rect.width) * span;
    return frameAt(model, Math.floor((event.clientY - rect.top + scrollPx) / rowPx), at);
  };

  function keys(event: KeyboardEvent): void {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const next = event.key === 'Escape' ? -1 : neighbour(model, chosen, event.key);
    if (next === undefined || (event.key === 'Escape' && chosen < 0)) return;
    event.preventDefault();
    event.stopPropagation();
    onChoose(next);
  }

  const said = hovered >= 0 ? hovered : chosen;
  return (
    <div className={styles['view']}>
      <div
        aria-label="Flame graph. Arrow keys walk through the calls, Escape shows all; the table beside it has the same."
        className={styles['scroller']}
        onClick={event => {
          const frame = under(event);
          if (frame >= 0) onChoose(frame);
        }}
        onKeyDown={keys}
        onMouseLeave={() => setHovered(-1)}
        onMouseMove={event => setHovered(under(event))}
        onScroll={event => setScrollPx(event.currentTarget.scrollTop)}
        ref={scroller}
        role="application"
        tabIndex={0}
      >
        <div className={styles['sheet']} style={{ height: Math.max(model.rows.length * rowPx, 1) }}>
          <canvas aria-hidden="true" className={styles['canvas']} ref={canvas} style={{ height: size.heightPx }} />
        </div>
      </div>
      <div className={styles['said']}>
        <p aria-live="polite">{said >= 0 && <Said format={format} frame={said} model={model} />}</p>
        {chosen >= 0 && <Button onClick={() => onChoose(-1)}>Show all</Button>}
      </div>
    </div>
  );
}

function Said({
  model,
  frame,
  format,
}: {
  model: FlameModel;
  frame: number;
  format(value: number): string;
}): ReactNode {
  const { name, group, place, total, self, before } = model.frames[frame]!;
  return (
    <>
      <b>{name}</b> {[group, place].filter(text => text !== '').join(' · ')}{' '}
      <span className="num">
        {format(total)} ({formatShare(model.width[frame]! / (model.whole || 1))}), itself {format(self)}
        {before !== undefined &&
          `, before ${format(before)} (${before === 0 ? 'new' : formatChange(total / before - 1)})`}
      </span>
    </>
  );
}

/** Where an arrow key leads: up to the caller, down to the widest call, left and right among siblings. Undefined for other keys and for nowhere. */
function neighbour(model: FlameModel, frame: number, key: string): number | undefined {
  if (!/^Arrow(?:Up|Down|Left|Right)$/.test(key)) return undefined;
  if (frame < 0) return model.rows[0]?.[0];
  const { parent } = model.frames[frame]!;
  if (key === 'ArrowUp') return parent < 0 ? undefined : parent;
  const to =
    key === 'ArrowDown'
      ? model.firstChild[frame]!
      : key === 'ArrowRight'
        ? model.nextSibling[frame]!
        : (model.rows[model.depth[frame]!]?.find(each => model.nextSibling[each] === frame) ?? -1);
  return to < 0 || model.width[to] === 0 ? undefined : to;
}

type Drawing = {
  readonly context: CanvasRenderingContext2D;
  readonly model: FlameModel;
  readonly theme: Theme;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly scrollPx: number;
  readonly from: number;
  readonly span: number;
  readonly chosen: number;
  readonly hovered: number;
};

function draw({ context, model, theme, widthPx, heightPx, scrollPx, from, span, chosen, hovered }: Drawing): void {
  context.clearRect(0, 0, widthPx, heightPx);
  context.font = `500 11px ${theme.font}`;
  context.textBaseline = 'middle';
  const groups = groupSlots(model);
  const first = Math.max(Math.floor(scrollPx / rowPx), 0);
  const last = Math.min(model.rows.length - 1, Math.ceil((scrollPx + heightPx) / rowPx));
  for (let row = first; row <= last; row++) {
    const top = row * rowPx - scrollPx;
    let drawnToPx = -1;
    for (const frame of model.rows[row]!) {
      const left = ((model.start[frame]! - from) / span) * widthPx;
      if (left > widthPx) break;
      const right = left + (model.width[frame]! / span) * widthPx;
      // What is thinner than a pixel and touches the frame before it adds nothing to the picture.
      if (right < 0 || right - drawnToPx < narrowestFramePx) continue;
      drawnToPx = right;
      const x = Math.max(left, 0);
      const width = Math.max(Math.min(right, widthPx) - x - 0.5, 0.5);
      const { colour, strength } = colourOf(model, frame, theme, groups);
      context.globalAlpha = frame === hovered || frame === chosen ? Math.min(strength + 0.25, 0.85) : strength;
      context.fillStyle = colour;
      context.fillRect(x, top + 1, width, rowPx - 2);
      context.globalAlpha = 1;
      if (frame === chosen) {
        context.strokeStyle = theme.accent;
        context.lineWidth = 2;
        context.strokeRect(x + 1, top + 2, Math.max(width - 2, 1), rowPx - 4);
      }
      if (width < narrowestLabelPx) continue;
      context.save();
      context.beginPath();
      context.rect(x, top, width - 3, rowPx);
      context.clip();
      context.fillStyle = theme.text;
      context.fillText(model.frames[frame]!.name, x + 5, top + rowPx / 2 + 0.5);
      context.restore();
    }
  }
}

/** Slots of the palette by how much their group took; the own code of the application, which has no group, comes first. */
function groupSlots({ frames }: FlameModel): ReadonlyMap<string, number> {
  const took = new Map<string, number>();
  for (const { group, self } of frames) took.set(group, (took.get(group) ?? 0) + self);
  const order = [...took].toSorted(([a, x], [b, y]) => Number(b === '') - Number(a === '') || y - x);
  return new Map(order.map(([group], i) => [group, i]));
}

function colourOf(
  model: FlameModel,
  frame: number,
  theme: Theme,
  groups: ReadonlyMap<string, number>,
): { readonly colour: string; readonly strength: number } {
  const { before, total, group } = model.frames[frame]!;
  if (before === undefined) {
    const colour = theme.series[groups.get(group) ?? theme.series.length];
    return { colour: colour ?? theme.prev, strength: 0.35 };
  }
  const change = before === 0 ? 1 : Math.max(-1, Math.min(total / before - 1, 1));
  if (Math.abs(change) < 0.05) return { colour: theme.prev, strength: 0.3 };
  return {
    colour: change > 0 ? theme.crit : (theme.series[0] ?? theme.prev),
    strength: 0.15 + 0.45 * Math.abs(change),
  };
}
