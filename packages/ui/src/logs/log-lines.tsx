/* oxlint-disable jsx-a11y/prefer-tag-over-role -- positioned rows have no tags of their own */
import type { LogRow } from '@bellwether/model';
import { useVirtualizer } from '@tanstack/react-virtual';
import { X } from 'lucide-react';
import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  memo,
  type ReactNode,
  useEffect,
  useRef,
} from 'react';
import { formatClockMs, formatDay, formatFull, nsToMs, type Zone } from '../format.js';
import { LevelMark } from './level-mark.js';
import styles from './log-lines.module.css';

const linePx = 22;
const overscanLines = 12;
/** So near to the bottom counts as being there. */
const bottomPx = linePx * 2;
const columnWidth = '132px';
/** A message shorter than this leaves room for some of its attributes. */
const shortBody = 160;
const attributesBeside = 6;
/** So many lines before the end the next page is asked for. */
const nearEnd = 40;

export type LogLinesProps = {
  readonly count: number;
  readonly lineAt: (index: number) => LogRow | undefined;
  readonly columns: readonly string[];
  readonly wraps: boolean;
  readonly zone: Zone;
  readonly nowMs: number;
  readonly selectedId: string | undefined;
  /** -1 when the selected line is not in the list. */
  readonly selectedIndex: number;
  readonly onSelect: (line: LogRow) => void;
  readonly onRemoveColumn: (key: string) => void;
  readonly onEnd?: () => void;
  /** Follows the last line; `onFollow` says when the reader leaves the bottom and comes back. */
  readonly following?: boolean;
  readonly onFollow?: (follows: boolean) => void;
  /** Changes whenever lines came or went. */
  readonly version?: number;
};

/** Log lines under each other; only those in sight exist. */
export function LogLines(props: LogLinesProps): ReactNode {
  const { count, lineAt, columns, wraps, zone, nowMs, selectedId, selectedIndex, following, onEnd } = props;
  const scroller = useRef<HTMLDivElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here
  const virtual = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => linePx,
    overscan: overscanLines,
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? -1;

  useEffect(() => {
    if (last >= 0 && last >= count - nearEnd) onEnd?.();
  }, [last, count, onEnd]);
  useEffect(() => virtual.measure(), [wraps, virtual]);
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex, { align: 'auto' });
  }, [selectedIndex, virtual]);
  useEffect(() => {
    const element = scroller.current;
    if (following === true && element !== null) element.scrollTop = element.scrollHeight;
  }, [following, props.version]);

  const onClick = (event: MouseEvent<HTMLDivElement>): void => {
    const row = event.target instanceof Element ? event.target.closest('[data-index]') : null;
    const line = lineAt(Number(row?.getAttribute('data-index') ?? -1));
    if (line !== undefined && getSelection()?.isCollapsed !== false) props.onSelect(line);
  };
  // React's type of `style` does not know custom properties.
  const measures = { '--columns': columns.map(() => columnWidth).join(' ') } as CSSProperties;
  return (
    <div className={wraps ? `${styles.grid} ${styles.wraps}` : styles.grid} style={measures}>
      <div className={styles.head}>
        <span />
        <span>Time</span>
        <span>Service</span>
        {columns.map(key => (
          <span key={key} title={key}>
            <span className={styles.column}>{key}</span>
            <button type="button" aria-label={`Remove column ${key}`} onClick={() => props.onRemoveColumn(key)}>
              <X aria-hidden="true" size={12} />
            </button>
          </span>
        ))}
        <span>Message</span>
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        tabIndex={0}
        aria-label="Log lines"
        aria-rowcount={count}
        aria-activedescendant={selectedIndex >= 0 ? `log-line-${selectedIndex}` : undefined}
        onClick={onClick}
        onKeyDown={event => pageKeys(event, scroller.current)}
        onScroll={event => {
          const { scrollTop, clientHeight, scrollHeight } = event.currentTarget;
          props.onFollow?.(scrollHeight - scrollTop - clientHeight < bottomPx);
        }}
      >
        <div className={styles.sheet} role="presentation" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ index, start }) => {
            const line = lineAt(index);
            return line === undefined ? null : (
              <LogLine
                key={wraps ? line.id : index}
                line={line}
                index={index}
                topPx={start}
                columns={columns}
                zone={zone}
                nowMs={nowMs}
                selected={line.id === selectedId}
                measure={wraps ? virtual.measureElement : undefined}
              />
            );
          })}
        </div>
      </div>
    </div>
  );
}

/** Rows are walked by the page's own keys; these scroll by a page, to the start and to the end. */
function pageKeys(event: KeyboardEvent, scroller: HTMLDivElement | null): void {
  if (scroller === null || event.altKey || event.ctrlKey || event.metaKey) return;
  const page = scroller.clientHeight - linePx;
  if (event.key === 'PageDown') scroller.scrollTop += page;
  else if (event.key === 'PageUp') scroller.scrollTop -= page;
  else if (event.key === 'Home') scroller.scrollTop = 0;
  else if (event.key === 'End') scroller.scrollTop = scroller.scrollHeight;
  else return;
  event.preventDefault();
}

type LogLineProps = {
  readonly line: LogRow;
  readonly index: number;
  readonly topPx: number;
  readonly columns: readonly string[];
  readonly zone: Zone;
  readonly nowMs: number;
  readonly selected: boolean;
  readonly measure: ((element: HTMLElement | null) => void) | undefined;
};

const LogLine = memo(function LogLine(props: LogLineProps): ReactNode {
  const { line, index, topPx, columns, zone, nowMs, selected, measure } = props;
  const timeMs = nsToMs(line.timeNs);
  const quiet = line.level === 'debug' || line.level === 'trace';
  const today = formatDay(timeMs, zone) === formatDay(nowMs, zone);
  return (
    <div
      ref={measure}
      id={`log-line-${index}`}
      className={styles.line}
      style={{ transform: `translateY(${topPx}px)` }}
      role="row"
      aria-rowindex={index + 1}
      aria-selected={selected}
      data-index={index}
    >
      <span role="gridcell">
        <LevelMark level={line.level} />
      </span>
      <span className={styles.time} role="gridcell" title={formatFull(timeMs, zone)}>
        {today ? formatClockMs(timeMs, zone) : `${formatDay(timeMs, zone)} ${formatClockMs(timeMs, zone)}`}
      </span>
      <span className={styles.service} role="gridcell">
        {line.service}
      </span>
      {columns.map(key => (
        <span key={key} className={styles.value} role="gridcell">
          {line.attributes.find(attribute => attribute.key === key)?.value}
        </span>
      ))}
      <span className={quiet ? `${styles.body} ${styles.quiet}` : styles.body} role="gridcell">
        {line.body === '' ? line.eventName : line.body}
        {line.body.length < shortBody && <span className={styles.extra}>{attributesInShort(line, columns)}</span>}
      </span>
    </div>
  );
});

/** The first attributes as `key=value` in one line, without those that have a column. */
function attributesInShort(line: LogRow, columns: readonly string[]): string {
  return line.attributes
    .filter(({ key, value }) => value !== '' && value.length < shortBody && !columns.includes(key))
    .slice(0, attributesBeside)
    .map(({ key, value }) => `${key}=${value.replaceAll(/\s*\n\s*/g, ' ')}`)
    .join('  ');
}
