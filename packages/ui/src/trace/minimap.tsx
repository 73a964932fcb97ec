/* oxlint-disable jsx-a11y/prefer-tag-over-role -- positioned rows and handles on a canvas have no tags of their own */
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { formatDurationUs } from '../format.js';
import { useTheme } from '../theme.js';
import { fractionOf, type TimeWindow, wholeTrace, within } from './time-window.js';
import type { TraceModel } from './trace-model.js';
import { waterfallRows } from './waterfall.js';
import styles from './minimap.module.css';

const barPx = 1.6;
const pitchPx = 2.1;
const marginPx = 3;
/** A shorter drag is a click. */
const shortestDragPx = 4;
const nothingFolded = { foldedSpans: new Set<number>(), openGroups: new Set<number>() };

type MinimapProps = {
  readonly model: TraceModel;
  readonly window: TimeWindow;
  /** While dragging `done` is false; the last call of a drag has true. */
  readonly onWindow: (window: TimeWindow, done: boolean) => void;
};

type Drag =
  | { readonly kind: 'from' | 'to' }
  | { readonly kind: 'new'; readonly startUs: number; readonly startX: number }
  | { readonly kind: 'move'; readonly startUs: number; readonly startX: number; readonly start: TimeWindow };

/** The whole trace in 52 pixels. Two handles, or a drag over it, choose the part that the waterfall shows. */
export function Minimap({ model, window, onWindow }: MinimapProps): ReactNode {
  const whole = wholeTrace(model.trace.durationUs);
  const box = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag | undefined>(undefined);
  const zoomed = window.fromUs > whole.fromUs || window.toUs < whole.toUs;

  const usAt = (clientX: number): number => {
    const rect = box.current?.getBoundingClientRect();
    if (rect === undefined || rect.width === 0) return 0;
    return ((clientX - rect.left) / rect.width) * (whole.toUs - whole.fromUs);
  };
  const windowAt = (event: PointerEvent): TimeWindow | undefined => {
    const at = usAt(event.clientX);
    switch (drag.current?.kind) {
      case 'from':
        return within(whole, { fromUs: Math.min(at, window.toUs - 1), toUs: window.toUs });
      case 'to':
        return within(whole, { fromUs: window.fromUs, toUs: Math.max(at, window.fromUs + 1) });
      case 'new': {
        if (Math.abs(event.clientX - drag.current.startX) < shortestDragPx) return undefined;
        const other = drag.current.startUs;
        return within(whole, { fromUs: Math.min(at, other), toUs: Math.max(at, other) });
      }
      case 'move': {
        const byUs = at - drag.current.startUs;
        const { fromUs, toUs } = drag.current.start;
        return within(whole, { fromUs: fromUs + byUs, toUs: toUs + byUs });
      }
      case undefined:
        return undefined;
    }
  };
  const begin = (event: PointerEvent<HTMLElement>, next: Drag): void => {
    event.stopPropagation();
    event.currentTarget.setPointerCapture(event.pointerId);
    drag.current = next;
  };
  const onPointerDown = (event: PointerEvent<HTMLDivElement>): void => {
    const startUs = usAt(event.clientX);
    const inside = startUs > window.fromUs && startUs < window.toUs;
    const at = { startUs, startX: event.clientX };
    begin(event, zoomed && inside ? { kind: 'move', ...at, start: window } : { kind: 'new', ...at });
  };
  const onPointerMove = (event: PointerEvent): void => {
    const next = windowAt(event);
    if (next !== undefined) onWindow(next, false);
  };
  const onPointerUp = (event: PointerEvent): void => {
    const next = windowAt(event);
    drag.current = undefined;
    if (next !== undefined) onWindow(next, true);
  };
  const onKeyDown = (event: KeyboardEvent, edge: 'fromUs' | 'toUs'): void => {
    const stepUs = (whole.toUs - whole.fromUs) / 100;
    const step = event.key === 'ArrowLeft' ? -stepUs : event.key === 'ArrowRight' ? stepUs : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    const moved = Math.min(Math.max(window[edge] + step, whole.fromUs), whole.toUs);
    const next = { ...window, [edge]: moved };
    if (next.toUs - next.fromUs >= 1) onWindow(next, true);
  };

  const left = fractionOf(whole, window.fromUs) * 100;
  const right = fractionOf(whole, window.toUs) * 100;
  const handle = (edge: 'fromUs' | 'toUs', at: number): ReactNode => (
    <div
      className={styles.handle}
      style={{ left: `${at}%` }}
      role="slider"
      tabIndex={0}
      aria-label={edge === 'fromUs' ? 'Show from' : 'Show to'}
      aria-valuemin={0}
      aria-valuemax={Math.round(whole.toUs)}
      aria-valuenow={Math.round(window[edge])}
      aria-valuetext={formatDurationUs(window[edge])}
      onPointerDown={event => begin(event, { kind: edge === 'fromUs' ? 'from' : 'to' })}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onKeyDown={event => onKeyDown(event, edge)}
    />
  );

  return (
    <div
      ref={box}
      className={styles.minimap}
      title={zoomed ? 'Double click shows the whole trace' : 'Drag to zoom'}
      onPointerDown={onPointerDown}
      onPointerMove={onPointerMove}
      onPointerUp={onPointerUp}
      onDoubleClick={() => onWindow(whole, true)}
    >
      <MinimapCanvas model={model} />
      <div className={styles.window} style={{ left: `${left}%`, width: `${right - left}%` }} />
      {handle('fromUs', left)}
      {handle('toUs', right)}
    </div>
  );
}

function MinimapCanvas({ model }: { readonly model: TraceModel }): ReactNode {
  const canvas = useRef<HTMLCanvasElement>(null);
  const theme = useTheme();
  const [widthPx, setWidthPx] = useState(0);
  const [heightPx, setHeightPx] = useState(0);
  const rows = useMemo(() => waterfallRows(model.spans, model.tree, nothingFolded, undefined), [model]);

  useEffect(() => {
    const element = canvas.current;
    if (element === null) return undefined;
    const observer = new ResizeObserver(() => {
      setWidthPx(element.clientWidth);
      setHeightPx(element.clientHeight);
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext('2d');
    if (element === null || context === null || context === undefined || widthPx === 0) return;
    const ratio = devicePixelRatio;
    element.width = widthPx * ratio;
    element.height = heightPx * ratio;
    context.scale(ratio, ratio);
    const { spans, workerOf, slotOf } = model;
    const whole = wholeTrace(model.trace.durationUs);
    const roomPx = heightPx - 2 * marginPx;
    const pitch = Math.min(pitchPx, roomPx / Math.max(rows.count, 1));
    const height = Math.max(Math.min(barPx, pitch), 0.75);
    const draw = (span: number, row: number): void => {
      const left = fractionOf(whole, spans.startUs[span]!) * widthPx;
      const width = Math.max((spans.durationUs[span]! / whole.toUs) * widthPx, 1);
      context.fillStyle = theme.series[(slotOf[workerOf[span]!] ?? 1) - 1] ?? theme.text3;
      context.fillRect(left, marginPx + row * pitch, width, height);
    };
    for (let row = 0; row < rows.count; row++) {
      const group = rows.groups[rows.group[row]!];
      if (group === undefined) draw(rows.span[row]!, row);
      else for (const member of group.members) draw(member, row);
    }
  }, [model, rows, theme, widthPx, heightPx]);

  return <canvas ref={canvas} className={styles.canvas} aria-hidden="true" />;
}
