import { useVirtualizer } from '@tanstack/react-virtual';
import { ChevronDown, ChevronRight, Plus } from 'lucide-react';
import { useMemo, useRef, useState, type ReactNode } from 'react';
import { formatCount, formatCounted } from '../format.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { FilterField } from '../parts/filter-field.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { usePageRange } from '../page-range.js';
import { useUrlState } from '../url-state.js';
import styles from './metric-browser.module.css';
import { metricsSince, searchMetrics, useMetricList, type MetricEntry } from './metric-list.js';
import { MetricFacts } from './metric-facts.js';
import { openRows, type BrowserRow } from './browser-rows.js';

type PickProps = { onPick(metric: MetricEntry, how: 'replace' | 'add'): void };

type MetricBrowserProps = PickProps & {
  /** The metric of the current query: what is known of it stands below the list. */
  readonly current: string | undefined;
  /** A condition for the current query. */
  onFilter(label: string, value: string): void;
};

const rowPx = 26;

/** Every metric of the range, by its first words; a click asks the sensible first question about it. */
export function MetricBrowser({ onPick, current, onFilter }: MetricBrowserProps): ReactNode {
  const { get, set } = useUrlState();
  const typed = get('find') ?? '';
  const list = useMetricList();
  const { fromMs } = usePageRange();
  return (
    <aside aria-label="Metrics" className={styles['browser']}>
      <div className={styles['head']}>
        <FilterField
          label="Search metrics"
          onChange={value => set({ find: value === '' ? undefined : value }, 'replace')}
          placeholder="Name, type, unit or help"
          value={typed}
        />
      </div>
      <Remote query={list} skeleton={<Skeleton rowPx={rowPx} rows={18} />}>
        {ready => {
          const all = metricsSince(ready, fromMs);
          const found = searchMetrics(all, typed);
          return found.length === 0 ? (
            <Empty title={all.length === 0 ? 'No metric in this range' : `No metric matches "${typed}"`}>
              {all.length === 0 && <LookFurtherBack />}
            </Empty>
          ) : (
            <>
              <p className={styles['count']}>
                {typed === ''
                  ? formatCounted(all.length, 'metric', 'metrics')
                  : `${formatCount(found.length)} of ${formatCounted(all.length, 'metric', 'metrics')}`}
              </p>
              <Tree isSearch={typed !== ''} metrics={found} onPick={onPick} />
            </>
          );
        }}
      </Remote>
      {current !== undefined && <MetricFacts metric={current} onFilter={onFilter} />}
    </aside>
  );
}

type TreeProps = PickProps & { readonly metrics: readonly MetricEntry[]; readonly isSearch: boolean };

function Tree({ metrics, isSearch, onPick }: TreeProps): ReactNode {
  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const scroller = useRef<HTMLDivElement>(null);
  // What was searched for is seen at once; a short list too.
  const isOpenFirst = isSearch || metrics.length <= 24;
  const rows = useMemo(
    () => openRows(metrics, prefix => toggled.has(prefix) !== isOpenFirst),
    [metrics, toggled, isOpenFirst],
  );
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
    useFlushSync: false,
  });

  function toggle(prefix: string): void {
    const next = new Set(toggled);
    if (!next.delete(prefix)) next.add(prefix);
    setToggled(next);
  }

  return (
    <div className={styles['scroller']} ref={scroller}>
      <ul className={styles['rows']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const row = rows[index];
          return row === undefined ? undefined : (
            <li key={`${row.kind} ${row.name}`} style={{ top: start, height: rowPx, paddingLeft: 8 + row.depth * 14 }}>
              {row.kind === 'fold' ? (
                <button
                  aria-expanded={row.isOpen}
                  className={styles['fold']}
                  onClick={() => toggle(row.name)}
                  type="button"
                >
                  {row.isOpen ? <ChevronDown aria-hidden="true" /> : <ChevronRight aria-hidden="true" />}
                  <span className={styles['name']}>{row.name.slice(row.above.length)}</span>
                  <span className={styles['number']}>{formatCount(row.count)}</span>
                </button>
              ) : (
                <MetricRow onPick={onPick} row={row} />
              )}
            </li>
          );
        })}
      </ul>
    </div>
  );
}

type MetricRowProps = PickProps & { readonly row: Extract<BrowserRow, { kind: 'metric' }> };

function MetricRow({ row: { metric, above }, onPick }: MetricRowProps): ReactNode {
  const { name, type, unit, help, series } = metric;
  const facts = [type, unit, formatCounted(series, 'series', 'series')].filter(Boolean);
  const about = [name, facts.join(', '), help].filter(Boolean).join('\n');
  return (
    <span className={styles['metric']}>
      <button className={styles['pick']} onClick={() => onPick(metric, 'replace')} title={about} type="button">
        <span className={styles['name']}>
          {above !== '' && <span className="unseen">{above}</span>}
          {name.slice(above.length)}
        </span>
        <span className={styles['type']}>{shortType(type)}</span>
        <span className={styles['number']}>{formatCount(series)}</span>
      </button>
      <button
        aria-label={`Add ${name} as another query`}
        className={styles['plus']}
        onClick={() => onPick(metric, 'add')}
        title="Add as another query"
        type="button"
      >
        <Plus aria-hidden="true" size={13} />
      </button>
    </span>
  );
}

function shortType(type: string): string {
  return type === 'unknown' ? '' : type.replace('gaugehistogram', 'histogram').replace('stateset', 'states');
}
