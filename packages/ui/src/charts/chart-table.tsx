import type { ReactNode } from 'react';
import { formatStep } from '../format.js';
import { usePageRange } from '../page-range.js';
import styles from './chart.module.css';
import type { ChartSeries } from './time-chart.js';

type ChartTableProps = {
  readonly title: string;
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
  readonly series: readonly ChartSeries[];
  format(value: number | null): string;
};

/** The numbers of a chart, newest first. */
export function ChartTable({ title, stepsMs, stepMs, series, format }: ChartTableProps): ReactNode {
  const { zone } = usePageRange();
  const steps = stepsMs.map((_, step) => step).toReversed();
  return (
    // It scrolls by itself, so the keyboard must reach it.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div aria-label={`${title} as a table`} className={styles['table']} role="region" tabIndex={0}>
      <table className="num">
        <thead>
          <tr>
            <th scope="col">Time</th>
            {series.map(({ name }) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {steps.map(step => (
            <tr key={step}>
              <th scope="row">{formatStep(stepsMs[step] ?? 0, stepMs, zone)}</th>
              {series.map(({ name, values, right }) => (
                <td key={name}>{(right?.format ?? format)(values[step] ?? null)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
