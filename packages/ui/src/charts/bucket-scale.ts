import type { BucketCell } from './bucket-cells.js';

/** Where values stand on the axis of a heatmap. */
export type BucketScale = {
  readonly low: number;
  readonly high: number;
  /** From where to where a bucket is drawn; infinite bounds end at the axis. */
  span(cell: Pick<BucketCell, 'low' | 'high'>): { readonly from: number; readonly to: number };
  /** Round values and their places, from low to high. */
  readonly ticks: readonly { readonly at: number; readonly value: number }[];
};

/**
 * `log`: doubling a value is one step up, on both sides of zero; between the smallest bounds and zero it is straight, so
 * that a bucket around zero has its place. `linear`: as it is.
 */
export function bucketScale(cells: readonly BucketCell[], kind: 'log' | 'linear', mostTicks = 6): BucketScale {
  const bounds = [...new Set(cells.flatMap(({ low, high }) => (low < 0 && high > 0 ? [] : [low, high])))].filter(
    Number.isFinite,
  );
  const least = bounds.reduce((min, bound) => (bound === 0 ? min : Math.min(min, Math.abs(bound))), Infinity);
  const unit = Number.isFinite(least) ? least : 1;
  const place = (value: number): number => {
    if (kind === 'linear') return value;
    const size = Math.abs(value) / unit;
    return Math.sign(value) * (size < 1 ? size : 1 + Math.log2(size));
  };
  const hasNegative = bounds.some(bound => bound < 0);
  const places = bounds.map(place);
  const [bottom, top] = extremes(places);
  const room = kind === 'linear' ? Math.max((top - bottom) / 10, 1e-9) : 1;
  const span = ({ low, high }: Pick<BucketCell, 'low' | 'high'>): { from: number; to: number } => {
    if (low < 0 && high > 0 && kind === 'log' && Math.max(-low, high) <= unit)
      return { from: hasNegative ? -1 : 0, to: 1 };
    return {
      from: Number.isFinite(low) ? place(low) : bottom - room,
      to: Number.isFinite(high) ? place(high) : top + room,
    };
  };
  let lowest = Infinity;
  let highest = -Infinity;
  for (const cell of cells) {
    const { from, to } = span(cell);
    lowest = Math.min(lowest, from);
    highest = Math.max(highest, to);
  }
  if (lowest > highest) return { low: 0, high: 1, span, ticks: [] };
  const ticks = (
    kind === 'linear' ? linearTicks(lowest, highest, mostTicks) : logTicks(unit, lowest, highest, mostTicks, place)
  )
    .map(value => ({ value, at: place(value) }))
    .filter(({ at }) => at >= lowest - 1e-9 && at <= top + 1e-9);
  return { low: lowest, high: highest, span, ticks };
}

/** The least and the most, without spreading a long list over a call. */
function extremes(values: readonly number[]): readonly [number, number] {
  let low = Infinity;
  let high = -Infinity;
  for (const value of values) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return values.length === 0 ? [0, 0] : [low, high];
}

function linearTicks(low: number, high: number, most: number): readonly number[] {
  const raw = (high - low) / most;
  const power = 10 ** Math.floor(Math.log10(raw));
  const size = ([1, 2, 5].find(one => one * power >= raw) ?? 10) * power;
  const first = Math.ceil(low / size);
  const count = Math.min(Math.floor(high / size) - first + 1, 50);
  return Array.from({ length: Math.max(count, 0) }, (_, at) => Number(((first + at) * size).toPrecision(12)));
}

/** Powers of ten, with 2 and 5 between them where there is room. */
function logTicks(
  unit: number,
  low: number,
  high: number,
  most: number,
  place: (value: number) => number,
): readonly number[] {
  const octaves = Math.max(high, -low, 1);
  const from = Math.floor(Math.log10(unit));
  const to = Math.ceil(Math.log10(unit) + (octaves * Math.LN2) / Math.LN10);
  const inside = (value: number): boolean =>
    (value === 0 || Math.abs(value) >= unit * 0.999) && place(value) >= low && place(value) <= high;
  const of = (steps: readonly number[]): readonly number[] => {
    const sizes: number[] = [];
    for (let power = from; power <= Math.min(to, from + 700); power += 1) {
      for (const step of steps) sizes.push(Number(`${step}e${power}`));
    }
    return [...sizes.map(size => -size).toReversed(), 0, ...sizes].filter(inside);
  };
  const fine = of([1, 2, 5]);
  if (fine.length <= most + 1) return fine;
  const powers = of([1]);
  const every = Math.max(1, Math.ceil(powers.length / most));
  const zero = powers.indexOf(0);
  return powers.filter((_, at) => (at - Math.max(zero, 0)) % every === 0);
}
