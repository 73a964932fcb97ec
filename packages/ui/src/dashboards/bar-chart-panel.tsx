import { showFields, showValue, rowCount, type Frame, type ShownField } from '@bellwether/dashboards';
import type { ReactNode } from 'react';
import { colourVar } from '../charts/series-colour.js';
import type { PanelBodyProps } from './panel-body.js';
import styles from './panels.module.css';
import { chartColour } from './panel-colours.js';
import { tablesOf } from './table-panel.js';

const mostRows = 60;

/** One row per category, one bar per number in it: Grafana's `barchart`. Rows, since names are read that way. */
export function BarChartPanel({ panel, title, frames }: PanelBodyProps): ReactNode {
  const table: Frame | undefined = tablesOf(frames)[0];
  if (table === undefined) return <p className={styles['empty']}>No data in this range</p>;
  const columns = showFields([table], panel.fieldConfig);
  const names = columns.filter(({ field }) => field.type === 'string');
  const numbers = columns.filter(({ field }) => field.type === 'number');
  const most = Math.max(
    0,
    ...numbers.flatMap(({ field }) =>
      field.values.map(value => (typeof value === 'number' && Number.isFinite(value) ? Math.abs(value) : 0)),
    ),
  );
  const rows = Array.from({ length: Math.min(rowCount(table), mostRows) }, (_, row) => row);
  return (
    // It scrolls by itself, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label={`${title}: bars`} className={styles['scroll']} role="group" tabIndex={0}>
      <ul className={styles['bargauge']}>
        {rows.map(row => (
          <li data-many={numbers.length > 1} key={row}>
            <span className={styles['barname']}>
              {names
                .map(({ field }) => String(field.values[row] ?? ''))
                .filter(Boolean)
                .join(' ') || 'all'}
            </span>
            <span className={styles['bars']}>
              {numbers.map(number => (
                <Bar key={number.name} most={most} number={number} row={row} />
              ))}
            </span>
          </li>
        ))}
      </ul>
      {rowCount(table) > mostRows && <p className={styles['rest']}>and {rowCount(table) - mostRows} more</p>}
    </div>
  );
}

function Bar({
  number,
  row,
  most,
}: {
  readonly number: ShownField;
  readonly row: number;
  readonly most: number;
}): ReactNode {
  const value = number.field.values[row] ?? null;
  const shown = showValue(value, number.config);
  const width = most === 0 || typeof value !== 'number' ? 0 : (Math.abs(value) / most) * 100;
  return (
    <span className={styles['bar']} title={number.name}>
      <span className={styles['track']}>
        <i style={{ width: `${width}%`, background: colourVar(chartColour(number.colour)) }} />
      </span>
      <span className={`num ${styles['barvalue']}`}>{`${shown.prefix}${shown.text}${shown.suffix}`}</span>
    </span>
  );
}
