import { formatBytes, formatDuration, formatNumber, formatPercent, formatRate, missing } from '../format.js';
import type { Measure } from './unit.js';

/** How the values of a query are written: in tables and tooltips, and short on the axis. */
export type ValueFormat = {
  format(value: number | null | undefined): string;
  axis(value: number): string;
};

type Unit = { readonly key: string; readonly name: string; readonly measure: Measure };

/** The units that a person may choose; the first is a plain number. */
export const units: readonly Unit[] = [
  { key: 'number', name: 'Number', measure: { base: '1', perSecond: false } },
  { key: 'rate', name: 'Per second', measure: { base: '1', perSecond: true } },
  { key: 's', name: 'Seconds', measure: { base: 's', perSecond: false } },
  { key: 'ms', name: 'Milliseconds', measure: { base: 'ms', perSecond: false } },
  { key: 'bytes', name: 'Bytes', measure: { base: 'By', perSecond: false } },
  { key: 'bytes-per-second', name: 'Bytes per second', measure: { base: 'By', perSecond: true } },
  { key: 'ratio', name: 'Share of 0 to 1', measure: { base: 'ratio', perSecond: false } },
  { key: 'percent', name: 'Percent of 0 to 100', measure: { base: 'percent', perSecond: false } },
];

/** What a measure is called in a list of units. */
export function unitName(measure: Measure): string {
  return units.find(unit => sameMeasure(unit.measure, measure))?.name ?? 'Number';
}

export function sameMeasure(a: Measure, b: Measure): boolean {
  return a.base === b.base && a.perSecond === b.perSecond;
}

/** The words of a measure's values. */
export function measureFormat({ base, perSecond }: Measure): ValueFormat {
  switch (base) {
    // Seconds spent per second are a number of CPUs, or a share: no duration.
    case 's':
      return perSecond ? numbers : both(value => formatDuration(value * 1000));
    case 'ms':
      return perSecond ? numbers : both(formatDuration);
    case 'By':
      return both(value => (perSecond ? `${formatBytes(value)}/s` : formatBytes(value)));
    case 'ratio':
      return { format: given(formatPercent), axis: value => `${Number((value * 100).toPrecision(3))}%` };
    case 'percent':
      return { format: given(value => formatPercent(value / 100)), axis: value => `${Number(value.toPrecision(3))}%` };
    case '1':
      return perSecond ? { format: given(formatRate), axis: formatNumber } : numbers;
  }
}

function both(format: (value: number) => string): ValueFormat {
  return { format: given(format), axis: format };
}

function given(format: (value: number) => string): ValueFormat['format'] {
  return value => (value === null || value === undefined || !Number.isFinite(value) ? missing : format(value));
}

const numbers = both(formatNumber);
