import type { ReactNode } from 'react';
import styles from './difference.module.css';

type StripsProps = {
  /** What 5, 10, ... 95 of 100 do not exceed. */
  readonly quantiles: { readonly selected: readonly number[]; readonly reference: readonly number[] };
  format(value: number): string;
};

const median = 9;
const quarter = 4;

/** How the numbers of both sides are distributed: a line for nine tenths of them, a box for the middle half, a mark at the median. */
export function DistributionStrips({ quantiles: { selected, reference }, format }: StripsProps): ReactNode {
  const all = [...selected, ...reference];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const place = (value: number): string => `${high === low ? 50 : ((value - low) / (high - low)) * 100}%`;
  return (
    <dl className={`num ${styles['strips']}`}>
      <Strip format={format} name="selected" place={place} quantiles={selected} />
      <Strip format={format} name="reference" place={place} quantiles={reference} />
    </dl>
  );
}

type StripProps = {
  readonly name: 'selected' | 'reference';
  readonly quantiles: readonly number[];
  place(value: number): string;
  format(value: number): string;
};

function Strip({ name, quantiles, place, format }: StripProps): ReactNode {
  const at = (index: number): number => quantiles.at(index) ?? 0;
  return (
    <div>
      <dt>{name === 'selected' ? 'selected' : 'others'}</dt>
      <dd aria-hidden="true" className={styles['strip']} data-side={name}>
        <i style={{ left: place(at(0)), right: `calc(100% - ${place(at(-1))})` }} />
        <b style={{ left: place(at(quarter)), right: `calc(100% - ${place(at(-1 - quarter))})` }} />
        <u style={{ left: place(at(median)) }} />
      </dd>
      <dd>
        median {format(at(median))}, 90% within {format(at(0))} to {format(at(-1))}
      </dd>
    </div>
  );
}
