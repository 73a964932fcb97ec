import {
  fieldOf,
  fieldOfType,
  flagOf,
  isHiddenFrom,
  numberOf,
  objectOf,
  objectsOf,
  rowCount,
  showFields,
  showValue,
  textOf,
  valueLinks,
  type Cell,
  type Frame,
  type Scope,
  type ShownField,
} from '@bellwether/dashboards';
import { useState, type ReactNode } from 'react';
import { colourVar } from '../charts/series-colour.js';
import { formatFull } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import type { PanelBodyProps } from './panel-body.js';
import styles from './panels.module.css';
import { ValueLinks } from './value-links.js';
import { chartColour, softGround, textColour } from './panel-colours.js';

type TablePanelProps = Pick<PanelBodyProps, 'panel' | 'frames' | 'title' | 'variables'>;

type Sort = { readonly name: string; readonly falling: boolean };

const firstRows = 200;

/** Rows and columns of a query's answer: Grafana's `table`. Series without a table of their own are a row each, with their latest value. */
export function TablePanel({ panel, title, frames, variables }: TablePanelProps): ReactNode {
  const tables = tablesOf(frames);
  const [index, setIndex] = useState(0);
  const table = tables[Math.min(index, tables.length - 1)];
  const [sort, setSort] = useState<Sort | undefined>(() => sortOf(panel.options));
  const [all, setAll] = useState(false);
  if (table === undefined) return <p className={styles['empty']}>No data in this range</p>;

  const columns = showFields([withTimes(table)], panel.fieldConfig).filter(
    ({ config }) => !flagOf(config.custom, 'hidden') && !isHiddenFrom(config, 'viz'),
  );
  const sortBy = columns.find(({ name }) => name === sort?.name);
  const rows = sortedRows(rowCount(table), sortBy, sort?.falling === true);
  const shown = all ? rows : rows.slice(0, firstRows);

  return (
    // It scrolls by itself, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label={`${title} as a table`} className={styles['table']} role="group" tabIndex={0}>
      {tables.length > 1 && (
        <label className={styles['pick']}>
          Table{' '}
          <select onChange={event => setIndex(Number(event.target.value))} value={index}>
            {tables.map((one, at) => (
              <option key={`${one.refId} ${at}`} value={at}>
                {one.name || one.refId}
              </option>
            ))}
          </select>
        </label>
      )}
      <table>
        {fieldOf(panel.options, 'showHeader') !== false && (
          <thead>
            <tr>
              {columns.map(({ name, field, config }) => (
                <th
                  aria-sort={sort?.name === name ? (sort.falling ? 'descending' : 'ascending') : undefined}
                  className={isRight(field.type, config) ? styles['right'] : undefined}
                  key={name}
                  scope="col"
                  style={widthOf(config.custom)}
                >
                  <button
                    onClick={() =>
                      setSort({ name, falling: sort?.name === name ? !sort.falling : field.type === 'number' })
                    }
                    type="button"
                  >
                    {name}
                    <span aria-hidden="true">{sort?.name === name ? (sort.falling ? ' ↓' : ' ↑') : ''}</span>
                  </button>
                </th>
              ))}
            </tr>
          </thead>
        )}
        <tbody>
          {shown.map(row => (
            <tr key={row}>
              {columns.map(column => (
                <TableCell key={column.name} row={row} shown={column} variables={variables} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {!all && rows.length > firstRows && (
        <Button look="ghost" onClick={() => setAll(true)}>
          Show all {rows.length} rows
        </Button>
      )}
    </div>
  );
}

type TableCellProps = {
  readonly shown: ShownField;
  readonly row: number;
  readonly variables: Scope;
};

function TableCell({ shown, row, variables }: TableCellProps): ReactNode {
  const { field, config } = shown;
  const { zone } = usePageRange();
  const value = field.values[row] ?? null;
  const { prefix, text, suffix, colour } = showValue(value, config);
  const kind = textOf(objectOf(config.custom, 'cellOptions'), 'type') || textOf(config.custom, 'displayMode');
  const isGround = kind.startsWith('color-background');
  const links = valueLinks(config.links, { shown, value, row }, variables);
  const isBar = (kind === 'gauge' || kind.includes('gauge')) && typeof value === 'number';
  // Moments stand in the page's zone, as everywhere.
  const isMoment = field.type === 'time' && typeof value === 'number';
  const words = isMoment ? formatFull(value, zone) : `${prefix}${text}${suffix}`;
  return (
    <td
      className={`${isRight(field.type, config) ? `num ${styles['right']}` : ''}`}
      style={{
        color: kind === 'color-text' || isGround ? textColour(colour) : undefined,
        background: isGround ? softGround(colour) : undefined,
      }}
      title={field.type === 'string' && words.length > 40 ? words : undefined}
    >
      {isBar && (
        <span className={styles['cellbar']}>
          <i
            style={{
              width: `${share(value, config.min, config.max, field.values) * 100}%`,
              background: colour === undefined ? 'var(--c1)' : colourVar(chartColour(colour)),
            }}
          />
        </span>
      )}
      <ValueLinks links={links}>{words}</ValueLinks>
    </td>
  );
}

function share(value: number, min = 0, max: number | undefined, values: readonly Cell[]): number {
  const top = max ?? Math.max(...values.filter(one => typeof one === 'number').map(Number), min);
  return top === min ? 0 : Math.min(Math.max((value - min) / (top - min), 0), 1);
}

function isRight(type: string, { mappings }: ShownField['config']): boolean {
  return type === 'number' && mappings.length === 0;
}

function widthOf(custom: ShownField['config']['custom']): { readonly width: number } | undefined {
  const width = numberOf(custom, 'width');
  return width === undefined || width < 20 || width > 2000 ? undefined : { width };
}

function sortOf(options: PanelBodyProps['panel']['options']): Sort | undefined {
  const [first] = objectsOf(options, 'sortBy');
  const name = first === undefined ? '' : textOf(first, 'displayName');
  return first === undefined || name === '' ? undefined : { name, falling: flagOf(first, 'desc') };
}

function sortedRows(count: number, by: ShownField | undefined, falling: boolean): readonly number[] {
  const rows = Array.from({ length: count }, (_, row) => row);
  if (by === undefined) return rows;
  const { values } = by.field;
  const sorted = rows.toSorted((a, b) => compare(values[a] ?? null, values[b] ?? null));
  return falling ? sorted.toReversed() : sorted;
}

function compare(a: Cell, b: Cell): number {
  if (a === null || b === null) return (a === null ? 0 : 1) - (b === null ? 0 : 1);
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  return String(a).localeCompare(String(b), 'en', { numeric: true });
}

function isSeries({ fields: [time, value, ...more] }: Frame): boolean {
  return (
    time?.type === 'time' &&
    value !== undefined &&
    more.length === 0 &&
    (value.legend !== undefined || value.labels.size > 0)
  );
}

function textColumn(name: string, values: readonly Cell[]): Frame['fields'][number] {
  return { name, type: 'string', values, labels: new Map(), legend: undefined };
}

/** Series become one table: a row each, labels as columns, with the latest value. Tables stay as they are. */
export function tablesOf(frames: readonly Frame[]): readonly Frame[] {
  const series = frames.filter(isSeries);
  const tables = frames.filter(frame => !isSeries(frame));
  const [first] = series;
  if (first === undefined) return tables;
  const names = [...new Set(series.flatMap(frame => [...(frame.fields[1]?.labels.keys() ?? [])]))];
  const latest = series.map(frame => frame.fields[1]?.values.findLast(value => value !== null) ?? null);
  const labelled = names.map(name =>
    textColumn(
      name,
      series.map(frame => frame.fields[1]?.labels.get(name) ?? ''),
    ),
  );
  const name = textColumn(
    'Series',
    series.map(frame => frame.name),
  );
  const value: Frame['fields'][number] = {
    name: 'Value',
    type: 'number',
    values: latest,
    labels: new Map(),
    legend: undefined,
  };
  return [
    { refId: first.refId, name: '', fields: names.length === 0 ? [name, value] : [...labelled, value] },
    ...tables,
  ];
}

/** A single moment for all rows says nothing: its column is left out. */
function withTimes(table: Frame): Frame {
  const time = fieldOfType(table, 'time');
  if (time === undefined || table.fields.length < 2 || new Set(time.values).size > 1) return table;
  return { ...table, fields: table.fields.filter(field => field !== time) };
}
