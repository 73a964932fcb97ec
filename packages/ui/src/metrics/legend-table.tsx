import { Filter, ListTree } from 'lucide-react';
import { Link } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { colourVar, type SeriesColour } from '../charts/series-colour.js';
import { formatChange } from '../format.js';
import { CardEnd } from '../parts/card-end.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { usePageRange } from '../page-range.js';
import { writeRange } from '../time-range.js';
import { addMatcher } from './add-matcher.js';
import { drillOf } from './labels-drill.js';
import { measureFormat } from './measure-format.js';
import styles from './result.module.css';
import type { MetricQuery } from './query-list.js';
import type { AskedQuery } from './result-query.js';
import { statsOf, type FrameSeries, type SeriesStats } from './series-frame.js';
import { seriesText } from './series-names.js';
import type { Measure } from './unit.js';
import { useMeasure } from './use-measure.js';
import { useQueryEdit } from './use-query-edit.js';

type LegendTableProps = {
  readonly asked: readonly AskedQuery[];
  readonly frame: readonly FrameSeries[];
  readonly colours: ReadonlyMap<string, SeriesColour>;
  readonly isolated: ReadonlySet<string>;
  onIsolate(key: string, more: boolean): void;
};

const mostLabels = 6;

/** Which line is which and what it amounts to; a row isolates its series, a label filters by it. */
export function LegendTable({ asked, frame, colours, isolated, onIsolate }: LegendTableProps): ReactNode {
  const measureOf = useMeasure();
  const editQuery = useQueryEdit();
  const columns = useMemo(
    () => legendColumns({ asked, frame, colours, isolated, measureOf, onIsolate, editQuery }),
    [asked, frame, colours, isolated, measureOf, onIsolate, editQuery],
  );
  // Those that have a colour first: they are what the eye follows.
  const rows = useMemo(
    () => frame.toSorted((a, b) => Number(colours.get(a.key) === 'prev') - Number(colours.get(b.key) === 'prev')),
    [frame, colours],
  );
  return (
    <div className={styles['legend']}>
      {/* At the end of the card's title line stands the chart's menu. */}
      <CardEnd value={null}>
        <DataTable
          columns={columns}
          label="Series of the result"
          rowKey={row => row.key}
          rows={rows}
          sortParam="sort"
        />
      </CardEnd>
    </div>
  );
}

type LegendColumnsDeps = LegendTableProps & {
  measureOf(query: MetricQuery): Measure;
  editQuery(letter: string, edit: (expr: string) => string): void;
};

function legendColumns(deps: LegendColumnsDeps): readonly Column<FrameSeries>[] {
  const { asked, frame, colours, isolated, measureOf, onIsolate, editQuery } = deps;
  const formats = new Map(asked.map(({ query }) => [query.letter, measureFormat(measureOf(query)).format]));
  const severalQueries = asked.length > 1;
  const differing = differingLabels(frame);
  const number = (key: keyof SeriesStats, title: string): Column<FrameSeries> => ({
    key,
    title,
    right: true,
    width: '76px',
    largestFirst: true,
    ...(key === 'min' || key === 'avg' ? { fromPx: 600 as const } : {}),
    value: row => row.stats[key],
    unit: '',
    cell: row => formats.get(row.letter)?.(row.stats[key]) ?? '',
  });
  return [
    {
      key: 'name',
      title: 'Series',
      value: row => row.name,
      cell: row => (
        <span className={styles['series']} data-dim={isolated.size > 0 && !isolated.has(row.key)}>
          <i style={{ background: colourVar(colours.get(row.key) ?? 'prev') }} />
          <button
            aria-pressed={isolated.has(row.key)}
            className={styles['name']}
            onClick={event => onIsolate(row.key, event.ctrlKey || event.metaKey || event.shiftKey)}
            title={`${seriesText(row.labels)}\nClick shows it alone, with Ctrl beside others`}
            type="button"
          >
            {severalQueries && <b>{row.letter}</b>} {row.name}
          </button>
        </span>
      ),
    },
    {
      key: 'labels',
      title: 'Labels',
      width: '38%',
      fromPx: 800,
      cell: row => (
        <span className={styles['labels']}>
          {differing
            .filter(label => row.labels[label] !== undefined)
            .slice(0, mostLabels)
            .map(label => (
              <button
                key={label}
                onClick={() => {
                  const value = row.labels[label] ?? '';
                  editQuery(row.letter, expr => addMatcher(expr, label, value) ?? expr);
                }}
                title={`Only ${label} = ${row.labels[label]}`}
                type="button"
              >
                <Filter aria-hidden="true" size={10} />
                <span>{label}</span> {row.labels[label]}
              </button>
            ))}
        </span>
      ),
    },
    number('last', 'Last'),
    number('min', 'Min'),
    number('avg', 'Avg'),
    number('max', 'Max'),
    ...(frame.some(({ before }) => before !== undefined) ? [changeColumn] : []),
    { key: 'ways', title: 'Traces', width: '60px', cell: row => <Ways row={row} /> },
  ];
}

/** How the mean has changed against the earlier period. */
const changeColumn: Column<FrameSeries> = {
  key: 'change',
  title: 'vs before',
  hint: 'The mean against that of the earlier period',
  right: true,
  width: '84px',
  fromPx: 600,
  largestFirst: true,
  value: row => changeOf(row) ?? null,
  unit: 'ratio',
  cell: row => formatChange(changeOf(row)),
};

function changeOf({ stats, before }: FrameSeries): number | undefined {
  const earlier = before === undefined ? null : statsOf(before).avg;
  if (stats.avg === null || earlier === null || earlier === 0) return undefined;
  return (stats.avg - earlier) / Math.abs(earlier);
}

/** Labels by which the series can be told apart: a label that all share filters nothing. */
function differingLabels(frame: readonly FrameSeries[]): readonly string[] {
  const names = [...new Set(frame.flatMap(({ labels }) => Object.keys(labels)))].filter(name => name !== '__name__');
  if (frame.length === 1) return names;
  return names.filter(name => new Set(frame.map(({ labels }) => labels[name] ?? '')).size > 1);
}

function Ways({ row }: { readonly row: FrameSeries }): ReactNode {
  const { range } = usePageRange();
  const drill = drillOf(row.labels);
  if (drill?.traces === undefined) return undefined;
  return (
    <Link
      aria-label={`Traces of ${row.name}`}
      className={styles['traces']}
      search={{ ...writeRange(range), q: drill.traces }}
      title={`Traces of ${drill.name}`}
      to="/traces"
    >
      <ListTree aria-hidden="true" size={14} />
    </Link>
  );
}
