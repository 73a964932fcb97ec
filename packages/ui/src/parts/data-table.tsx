import { useVirtualizer } from '@tanstack/react-virtual';
import { Download } from 'lucide-react';
import { use, useEffect, useRef, useState, type ReactNode, type RefObject } from 'react';
import { createPortal, flushSync } from 'react-dom';
import { useKeys } from '../keys.js';
import { useUrlState } from '../url-state.js';
import { CardEnd } from './card-end.js';
import styles from './data-table.module.css';
import { download } from './download.js';
import { nextSort, readSort, sortRows, writeSort, type SortColumn } from './row-sort.js';

export type Column<Row> = {
  readonly key: string;
  readonly title: string;
  /** Explains the heading. */
  readonly hint?: string;
  /** Numbers stand right. */
  readonly right?: boolean;
  /** CSS width; the column without one takes what is left. */
  readonly width?: string;
  /** Left out when the table is narrower than this. */
  readonly fromPx?: 600 | 800 | 1000;
  /** With it the heading sorts. */
  value?(row: Row): number | string | null;
  readonly largestFirst?: boolean;
  /** Files have the number of `value` unrounded, in this unit: `ms`, '' for counts, `time` for an instant. Without it they have what is read. */
  readonly unit?: string;
  cell(row: Row): ReactNode;
};

type DataTableProps<Row> = {
  readonly label: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  rowKey(row: Row): string;
  /** Enter, or a click beside the links of a row. */
  onOpen?(row: Row): void;
  readonly selectedKey?: string | undefined;
  /** The URL param that holds the sort; undefined: the rows come sorted. */
  readonly sortParam?: string | undefined;
  readonly rowPx?: number;
  /** Only this table's rows are walked by `j` and `k`; a page with several tables gives it to one. */
  readonly walks?: boolean;
  /** Nears the end of the rows: load more. */
  onEnd?(): void;
};

const virtualFrom = 80;

/** Rows and columns: headings sort, `j`/`k` and arrows walk, Enter opens. Long tables draw only what is in sight. */
export function DataTable<Row>(props: DataTableProps<Row>): ReactNode {
  const { label, columns, rows, rowKey, onOpen, selectedKey, sortParam, rowPx = 30, walks = false, onEnd } = props;
  const { get, set } = useUrlState();
  const sort = sortParam === undefined ? undefined : readSort(get(sortParam));
  const sortable = columns.flatMap((column): SortColumn<Row>[] => {
    const { key, value, largestFirst = false } = column;
    return value === undefined || sortParam === undefined ? [] : [{ key, value, largestFirst }];
  });
  const sorted = sortRows(rows, sortable, sort);
  const scroller = useRef<HTMLDivElement>(null);
  const [current, setCurrent] = useState<string | undefined>(undefined);
  const isVirtual = rows.length > virtualFrom;
  const virtual = useVirtualizer({
    count: isVirtual ? sorted.length : 0,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    useFlushSync: false,
  });
  const items = virtual.getVirtualItems();
  const first = items[0];
  const last = items.at(-1);
  const [isWhole, setIsWhole] = useState(false);
  const shown = isVirtual && !isWhole ? sorted.slice(first?.index ?? 0, (last?.index ?? -1) + 1) : sorted;
  const offset = isVirtual && !isWhole ? (first?.index ?? 0) : 0;

  const lastIndex = last?.index;
  useEffect(() => {
    if (lastIndex !== undefined && lastIndex >= sorted.length - 10) onEnd?.();
  }, [lastIndex, sorted.length, onEnd]);

  function walk(by: 1 | -1): void {
    const at = sorted.findIndex(row => rowKey(row) === (current ?? selectedKey));
    const next = sorted[Math.min(Math.max(at + by, 0), sorted.length - 1)];
    if (next === undefined) return;
    const key = rowKey(next);
    setCurrent(key);
    if (isVirtual) virtual.scrollToIndex(sorted.indexOf(next));
    requestAnimationFrame(() => {
      const row = scroller.current?.querySelector(`[data-row="${CSS.escape(key)}"]`);
      if (row instanceof HTMLElement) row.focus();
    });
  }

  /** All rows are drawn for the moment that it takes to read them: most of a long table is not in the page. */
  async function downloadCsv(): Promise<void> {
    const { cellText, tableCsv } = await import('./table-csv.js');
    flushSync(() => setIsWhole(true));
    const drawn = scroller.current?.querySelectorAll<HTMLTableRowElement>('tr[data-row]') ?? [];
    const texts = Array.from(drawn, ({ cells }) => Array.from(cells, cellText));
    setIsWhole(false);
    download(`${label}.csv`, tableCsv(columns, sorted, texts));
  }

  useKeys(
    walks
      ? [
          { keys: 'j', label: 'Next row', group: 'Rows', run: () => walk(1) },
          { keys: 'k', label: 'Previous row', group: 'Rows', run: () => walk(-1) },
        ]
      : [],
  );

  // Rows that take the focus bring themselves into sight; without them the arrow keys scroll.
  const scrollsByKey = useIsWider(scroller) && onOpen === undefined && !walks;
  const end = use(CardEnd);
  const file = rows.length > 0 && (
    <button
      aria-label={`${label}: download CSV`}
      className={styles['file']}
      data-no-picture
      onClick={() => void downloadCsv()}
      title="Download CSV"
      type="button"
    >
      <Download aria-hidden="true" />
    </button>
  );

  return (
    <>
      {end === null ? <div className={styles['alone']}>{file}</div> : createPortal(file, end)}
      <div
        className={styles['scroller']}
        data-virtual={isVirtual}
        ref={scroller}
        {...(scrollsByKey && { 'aria-label': `${label}, scrolls`, role: 'group', tabIndex: 0 })}
      >
        {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-to-interactive-role -- rows are walked by key */}
        <table aria-label={label} aria-rowcount={sorted.length + 1} className={styles['table']} role="grid">
          <thead>
            <tr>
              {columns.map(column => {
                const sortsBy = sortable.find(({ key }) => key === column.key);
                const isSorted = sort?.key === column.key;
                return (
                  <th
                    aria-sort={isSorted ? (sort.falling ? 'descending' : 'ascending') : undefined}
                    className={cellClass(column)}
                    key={column.key}
                    scope="col"
                    style={column.width === undefined ? undefined : { width: column.width }}
                    title={column.hint}
                  >
                    {sortsBy === undefined || sortParam === undefined ? (
                      column.title
                    ) : (
                      <button onClick={() => set({ [sortParam]: writeSort(nextSort(sortsBy, sort)) })} type="button">
                        {column.title}
                        <span aria-hidden="true" className={styles['arrow']}>
                          {isSorted ? (sort.falling ? '↓' : '↑') : ''}
                        </span>
                      </button>
                    )}
                  </th>
                );
              })}
            </tr>
          </thead>
          <tbody>
            {isVirtual && <Spacer columns={columns.length} heightPx={isWhole ? 0 : (first?.start ?? 0)} />}
            {shown.map((row, index) => {
              const key = rowKey(row);
              const isCurrent = current === undefined ? offset + index === 0 : key === current;
              return (
                <tr
                  aria-rowindex={offset + index + 2}
                  aria-selected={onOpen === undefined ? undefined : key === selectedKey}
                  className={onOpen === undefined ? undefined : styles['opens']}
                  data-row={key}
                  key={key}
                  onClick={event => {
                    // Links and buttons in a row do their own thing; selecting text is not a click.
                    const inner = event.target instanceof Element ? event.target.closest('a, button') : null;
                    if (inner === null && getSelection()?.isCollapsed !== false) onOpen?.(row);
                  }}
                  onFocus={() => setCurrent(key)}
                  onKeyDown={event => {
                    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
                      event.preventDefault();
                      walk(event.key === 'ArrowDown' ? 1 : -1);
                    } else if (event.key === 'Enter' && event.target === event.currentTarget) {
                      // A row that opens nothing itself has links.
                      if (onOpen === undefined) event.currentTarget.querySelector('a')?.click();
                      else onOpen(row);
                    }
                  }}
                  style={{ height: rowPx }}
                  tabIndex={onOpen === undefined && !walks ? undefined : isCurrent ? 0 : -1}
                >
                  {columns.map(column => (
                    <td className={cellClass(column)} key={column.key}>
                      {column.cell(row)}
                    </td>
                  ))}
                </tr>
              );
            })}
            {isVirtual && (
              <Spacer columns={columns.length} heightPx={isWhole ? 0 : virtual.getTotalSize() - (last?.end ?? 0)} />
            )}
          </tbody>
        </table>
      </div>
    </>
  );
}

/** Is there more than its width shows? */
function useIsWider(element: RefObject<HTMLElement | null>): boolean {
  const [isWider, setIsWider] = useState(false);
  useEffect(() => {
    const { current } = element;
    if (current === null) return undefined;
    const observer = new ResizeObserver(() => setIsWider(current.scrollWidth > current.clientWidth));
    observer.observe(current);
    if (current.firstElementChild !== null) observer.observe(current.firstElementChild);
    return () => observer.disconnect();
  }, [element]);
  return isWider;
}

function Spacer({ columns, heightPx }: { columns: number; heightPx: number }): ReactNode {
  if (heightPx <= 0) return undefined;
  return (
    <tr aria-hidden="true" className={styles['spacer']}>
      {/* oxlint-disable-next-line jsx-a11y/control-has-associated-label -- it holds nothing */}
      <td colSpan={columns} style={{ height: heightPx }} />
    </tr>
  );
}

function cellClass<Row>({ right = false, fromPx }: Column<Row>): string {
  return [right ? styles['right'] : '', fromPx === undefined ? '' : styles[`from${fromPx}`]].filter(Boolean).join(' ');
}
