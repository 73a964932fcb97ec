import { useMemo, type ReactNode } from 'react';
import { formatClockMs, formatExact, formatNumber, type Zone } from '../format.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { usePageRange } from '../page-range.js';
import type { AnswerSeries, Labels } from '../prometheus-client.js';
import { measureFormat } from './measure-format.js';
import styles from './result.module.css';
import type { AskedQuery } from './result-query.js';
import { seriesText } from './series-names.js';
import { useMeasure } from './use-measure.js';

type Row = {
  readonly key: string;
  readonly letter: string;
  readonly labels: Labels;
  readonly value: number | null;
  readonly text: string;
  readonly exact: string;
  readonly timeMs: number | undefined;
};

const mostColumns = 8;

/** The values at the end of the range, a column for each label. */
export function ValueTable({ asked }: { readonly asked: readonly AskedQuery[] }): ReactNode {
  const { zone } = usePageRange();
  const measureOf = useMeasure();
  const rows = useMemo(
    () =>
      asked.flatMap(({ query, result }) => {
        const { format } = measureFormat(measureOf(query));
        const said = result.data?.text;
        if (said !== undefined) return [textRow(query.letter, said)];
        return (result.data?.series ?? []).map(series => rowOf(query.letter, series, format));
      }),
    [asked, measureOf],
  );
  const labels = useMemo(() => labelColumns(rows), [rows]);
  const columns = valueColumns({ labels, hasLetters: asked.length > 1, zone });
  return (
    <div className={styles['values']}>
      <DataTable columns={columns} label="Values" rowKey={row => row.key} rows={rows} sortParam="sort" walks />
    </div>
  );
}

type ColumnsOf = { readonly labels: readonly string[]; readonly hasLetters: boolean; readonly zone: Zone };

function valueColumns({ labels, hasLetters, zone }: ColumnsOf): readonly Column<Row>[] {
  return [
    ...(hasLetters
      ? [
          {
            key: 'query',
            title: 'Query',
            width: '64px',
            value: (row: Row) => row.letter,
            cell: (row: Row) => row.letter,
          },
        ]
      : []),
    ...labels.map((label): Column<Row> => ({
      key: `label ${label}`,
      title: label === '__name__' ? 'Metric' : label,
      value: row => row.labels[label] ?? '',
      cell: row => <span title={row.labels[label]}>{row.labels[label] ?? ''}</span>,
    })),
    {
      key: 'value',
      title: 'Value',
      right: true,
      width: '140px',
      largestFirst: true,
      value: row => row.value,
      unit: '',
      cell: row => (
        <b title={row.timeMs === undefined ? row.exact : `${row.exact} at ${formatClockMs(row.timeMs, zone)}`}>
          {row.text}
        </b>
      ),
    },
  ];
}

function textRow(letter: string, text: string): Row {
  return { key: letter, letter, labels: {}, value: null, text, exact: text, timeMs: undefined };
}

function rowOf(letter: string, series: AnswerSeries, format: (value: number | null) => string): Row {
  const { labels, timesMs, values, histograms } = series;
  const key = `${letter} ${seriesText(labels)}`;
  const last = histograms.at(-1);
  if (last !== undefined) {
    const { count, sum, buckets } = last.histogram;
    const text = `${formatNumber(count)} values, sum ${formatNumber(sum)}`;
    const exact = buckets.map(([, low, high, inside]) => `${low} to ${high}: ${inside}`).join('\n');
    return { key, letter, labels, value: count, text, exact, timeMs: last.timeMs };
  }
  const value = values.at(-1) ?? null;
  const several = values.length > 1 ? `, last of ${formatExact(values.length)} samples` : '';
  // The table may say what a line cannot show.
  const text = value !== null && !Number.isFinite(value) ? String(value).replace('Infinity', 'Inf') : format(value);
  return { key, letter, labels, value, text, exact: `${value ?? ''}${several}`, timeMs: timesMs.at(-1) };
}

/** The labels that differ first; those that are the same everywhere are left out when there are too many. */
function labelColumns(rows: readonly Row[]): readonly string[] {
  const names = [...new Set(rows.flatMap(({ labels }) => Object.keys(labels)))].toSorted();
  const differs = (label: string): boolean => new Set(rows.map(({ labels }) => labels[label] ?? '')).size > 1;
  const differing = names.filter(differs);
  const same = names.filter(name => !differing.includes(name));
  const metric = names.filter(name => name === '__name__');
  return [...new Set([...metric, ...differing, ...same])].slice(0, mostColumns);
}
