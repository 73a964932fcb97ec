import { reduceBy, reducerOf, showValue, valueText } from '@bellwether/dashboards';
import type { ReactNode } from 'react';
import { colourVar } from '../charts/series-colour.js';
import styles from './panels.module.css';
import type { DrawnSeries, readLegend } from './series-model.js';

type PanelLegendProps = {
  readonly title: string;
  readonly legend: ReturnType<typeof readLegend>;
  readonly series: readonly DrawnSeries[];
  /** How many more series there are than are drawn. */
  readonly left: number;
  readonly only: string | undefined;
  onOnly(key: string | undefined): void;
};

/** Which line is which, with values where the dashboard asks for them. A click shows one series alone, another one all again. */
export function PanelLegend({ title, legend, series, left, only, onOnly }: PanelLegendProps): ReactNode {
  const shown = series.filter(({ isInLegend }) => isInLegend);
  const calcs = legend.calcs.filter(id => reducerOf(id) !== undefined);
  const rest = left > 0 && <p className={styles['rest']}>and {left} more series, which are not drawn</p>;
  const name = (one: DrawnSeries): ReactNode => (
    <button
      aria-pressed={only === one.key}
      className={styles['key']}
      data-dim={only !== undefined && only !== one.key}
      onClick={() => onOnly(only === one.key ? undefined : one.key)}
      title={only === one.key ? 'Show all series' : `Show only ${one.name}`}
      type="button"
    >
      <i data-bar={one.look.draw === 'bars'} style={{ background: colourVar(one.colour) }} />
      <span>{one.name}</span>
    </button>
  );
  if (!legend.isTable) {
    return (
      <div aria-label={`Series of ${title}`} className={styles['legendlist']} role="group">
        {shown.map(one => (
          <span className={styles['entry']} key={one.key}>
            {name(one)}
            {calcs.map(id => (
              <span className={`num ${styles['calc']}`} key={id}>
                {reducerOf(id)?.label} <b>{calcText(one, id)}</b>
              </span>
            ))}
          </span>
        ))}
        {rest}
      </div>
    );
  }
  return (
    // It scrolls by itself, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label={`Series of ${title}`} className={styles['legendtable']} role="group" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col">Name</th>
            {calcs.map(id => (
              <th className={styles['right']} key={id} scope="col">
                {reducerOf(id)?.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(one => (
            <tr key={one.key}>
              <td>{name(one)}</td>
              {calcs.map(id => (
                <td className={`num ${styles['right']}`} key={id}>
                  {calcText(one, id)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {rest}
    </div>
  );
}

function calcText({ values, config }: DrawnSeries, id: string): string {
  return valueText(
    showValue(reduceBy(id, values), { ...config, unit: id === 'diffperc' ? 'percentunit' : config.unit }),
  );
}
