/* oxlint-disable jsx-a11y/prefer-tag-over-role -- positioned rows and handles on a canvas have no tags of their own */
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type ReactNode,
  useEffect,
  useRef,
} from 'react';
import { formatDurationUs } from '../format.js';
import { SpanRow, spanRowPx } from './span-row.js';
import { axisTicks, fractionOf, type TimeWindow } from './time-window.js';
import type { TraceModel } from './trace-model.js';
import type { Folding, WaterfallRows } from './waterfall.js';
import styles from './waterfall-view.module.css';

const overscanRows = 8;
const pxPerTick = 58;
const withServiceFromPx = 260;
const narrowestNamePx = 150;
const nameStepPx = 16;

type WaterfallViewProps = {
  readonly model: TraceModel;
  readonly rows: WaterfallRows;
  readonly folding: Folding;
  readonly window: TimeWindow;
  /** -1 when the selected span has no row. */
  readonly selectedRow: number;
  readonly showPath: boolean;
  /** In lower case; undefined when nothing is looked for. */
  readonly find: string | undefined;
  /** 1 for each span that was found. */
  readonly found: Uint8Array | undefined;
  readonly logTimesUs: ReadonlyMap<number, readonly number[]>;
  readonly namePx: number;
  readonly widthPx: number;
  readonly onNamePx: (px: number) => void;
  readonly onSelect: (row: number) => void;
  readonly onToggle: (row: number) => void;
};

/**
 * The spans of a trace under each other, as long as they took.
 *
 * Only the rows in sight exist. Their elements are used again for the rows that come into sight (`key = row % slots`),
 * so that scrolling through 10,000 spans changes texts and styles and creates nothing.
 */
export function WaterfallView(props: WaterfallViewProps): ReactNode {
  const { model, rows, folding, window, selectedRow, namePx, widthPx } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here
  const virtual = useVirtualizer({
    count: rows.count,
    getScrollElement: () => scroller.current,
    estimateSize: () => spanRowPx,
    overscan: overscanRows,
    useFlushSync: false,
  });

  useEffect(() => {
    if (selectedRow >= 0) virtual.scrollToIndex(selectedRow, { align: 'auto' });
  }, [selectedRow, virtual]);

  const items = virtual.getVirtualItems();
  const slots = Math.ceil((virtual.scrollRect?.height ?? 0) / spanRowPx) + 2 * overscanRows + 2;
  const ticks = axisTicks(window, Math.max(2, (widthPx - namePx) / pxPerTick));
  let deepest = 0;
  for (const item of items) deepest = Math.max(deepest, rows.depth[item.index]!);
  const indentPx = Math.max(3, Math.min(12, (namePx * 0.4) / Math.max(deepest, 1)));
  // React's type of `style` does not know custom properties.
  const measures = { '--name': `${namePx}px`, '--indent': `${indentPx}px` } as CSSProperties;

  const onClick = (event: MouseEvent<HTMLDivElement>): void => {
    const target = event.target instanceof Element ? event.target : undefined;
    const row = Number(target?.closest('[data-row]')?.getAttribute('data-row') ?? -1);
    if (row < 0) return;
    if (target?.closest('[data-twist]')) props.onToggle(row);
    else props.onSelect(row);
  };
  const onDoubleClick = (event: MouseEvent<HTMLDivElement>): void => {
    const target = event.target instanceof Element ? event.target : undefined;
    const row = Number(target?.closest('[data-row]')?.getAttribute('data-row') ?? -1);
    if (row >= 0 && !target?.closest('[data-twist]') && expandedAt(model, rows, folding, row) !== undefined)
      props.onToggle(row);
  };

  return (
    <div className={namePx < withServiceFromPx ? `${styles.grid} ${styles.narrow}` : styles.grid} style={measures}>
      <div className={styles.head} aria-hidden="true">
        <div className={styles.headRow}>
          <span className={styles.headName}>Service and operation</span>
          <span className={styles.headDuration}>Duration</span>
          <div className={`${styles.axis} num`}>
            {ticks.map((us, index) => {
              const at = fractionOf(window, us);
              return at > 0.965 ? null : (
                <span key={us} style={{ left: `${at * 100}%` }}>
                  {tickLabel(ticks, index)}
                </span>
              );
            })}
          </div>
        </div>
      </div>
      <NameResizer namePx={namePx} onNamePx={props.onNamePx} />
      <div
        ref={scroller}
        className={styles.scroller}
        role="treegrid"
        tabIndex={0}
        aria-label="Spans: service and operation, duration, when"
        aria-rowcount={rows.count}
        aria-activedescendant={selectedRow >= 0 ? `span-row-${selectedRow}` : undefined}
        onClick={onClick}
        onDoubleClick={onDoubleClick}
        onKeyDown={event => pageKeys(event, scroller.current)}
      >
        <div className={styles.lines} aria-hidden="true">
          {ticks.map(us => (
            <i key={us} style={{ left: `${fractionOf(window, us) * 100}%` }} />
          ))}
        </div>
        <div className={styles.canvas} role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index }) => {
            const span = rows.span[index]!;
            const group = rows.groups[rows.group[index]!];
            return (
              <SpanRow
                key={index % slots}
                model={model}
                rows={rows}
                row={index}
                window={window}
                selected={index === selectedRow}
                expanded={expandedAt(model, rows, folding, index)}
                showPath={props.showPath}
                find={props.find}
                found={
                  group === undefined ? props.found?.[span] === 1 : group.members.some(m => props.found?.[m] === 1)
                }
                logTimesUs={group === undefined ? props.logTimesUs.get(span) : undefined}
              />
            );
          })}
        </div>
        {rows.count === 0 && <p className={styles.nothing}>No span of this trace failed.</p>}
      </div>
    </div>
  );
}

/** Is the row open, shut, or (undefined) without anything below it? */
export function expandedAt(model: TraceModel, rows: WaterfallRows, folding: Folding, row: number): boolean | undefined {
  const span = rows.span[row]!;
  if (rows.group[row]! >= 0) return folding.openGroups.has(span);
  return model.tree.firstChild[span]! < 0 ? undefined : !folding.foldedSpans.has(span);
}

/** Deep inside a long trace the labels count from the first one, since three digits could not tell them apart. */
function tickLabel(ticks: readonly number[], index: number): string {
  const us = ticks[index]!;
  if (us === 0) return '0';
  const stepUs = (ticks[1] ?? us) - (ticks[0] ?? 0);
  const first = ticks[0] ?? 0;
  if (index === 0 || us / stepUs < 900) return formatDurationUs(us);
  return `+${formatDurationUs(us - first)}`;
}

function pageKeys(event: KeyboardEvent, scroller: HTMLDivElement | null): void {
  if (scroller === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const page = scroller.clientHeight - spanRowPx;
  if (event.key === 'PageDown') scroller.scrollTop += page;
  else if (event.key === 'PageUp') scroller.scrollTop -= page;
  else return;
  event.preventDefault();
}

type NameResizerProps = { readonly namePx: number; readonly onNamePx: (px: number) => void };

/** Moves the border between names and bars, by pointer or arrow keys. */
function NameResizer({ namePx, onNamePx }: NameResizerProps): ReactNode {
  const drag = useRef<{ readonly startX: number; readonly startPx: number } | undefined>(undefined);
  const onPointerMove = (event: PointerEvent): void => {
    if (drag.current === undefined) return;
    onNamePx(Math.max(narrowestNamePx, drag.current.startPx + event.clientX - drag.current.startX));
  };
  const stop = (): void => {
    drag.current = undefined;
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowLeft' ? -nameStepPx : event.key === 'ArrowRight' ? nameStepPx : 0;
    if (step === 0) return;
    event.preventDefault();
    event.stopPropagation();
    onNamePx(Math.max(narrowestNamePx, namePx + step));
  };
  return (
    <div
      className={styles.resizer}
      role="separator"
      aria-orientation="vertical"
      aria-label="Width of the names"
      aria-valuenow={Math.round(namePx)}
      aria-valuemin={narrowestNamePx}
      aria-valuemax={1200}
      tabIndex={0}
      onPointerDown={event => {
        event.currentTarget.setPointerCapture(event.pointerId);
        drag.current = { startX: event.clientX, startPx: namePx };
      }}
      onPointerMove={onPointerMove}
      onPointerUp={stop}
      onPointerCancel={stop}
      onKeyDown={onKeyDown}
    />
  );
}
