import type { Cell } from '../frames/frame.js';

/** One value out of many. `null`: there is none. */
export type Reducer = (values: readonly Cell[]) => Cell;

const numbersOf = (values: readonly Cell[]): number[] =>
  values.filter((value): value is number => typeof value === 'number' && !Number.isNaN(value));
const known = (values: readonly Cell[]): Cell[] => values.filter(value => value !== null);
const overNumbers =
  (reduce: (numbers: readonly number[]) => number): Reducer =>
  values => {
    const numbers = numbersOf(values);
    return numbers.length === 0 ? null : reduce(numbers);
  };

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const mean = (numbers: readonly number[]): number => sum(numbers) / numbers.length;
const least = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.min(a, b), Infinity);
const most = (numbers: readonly number[]): number => numbers.reduce((a, b) => Math.max(a, b), -Infinity);
const variance = (numbers: readonly number[]): number => {
  const middle = mean(numbers);
  return mean(numbers.map(one => (one - middle) ** 2));
};

function percentile(numbers: readonly number[], share: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))));
  return sorted[at] ?? Number.NaN;
}

/** The sum of what was added between neighbours; where it falls it began anew. */
function delta(numbers: readonly number[]): number {
  let total = 0;
  for (let at = 1; at < numbers.length; at += 1) {
    const [before = 0, now = 0] = [numbers[at - 1], numbers[at]];
    total += now >= before ? now - before : now;
  }
  return total;
}

function smallestStep(numbers: readonly number[]): number {
  let step = Infinity;
  for (let at = 1; at < numbers.length; at += 1) step = Math.min(step, (numbers[at] ?? 0) - (numbers[at - 1] ?? 0));
  return Number.isFinite(step) ? step : 0;
}

const ends = (numbers: readonly number[]): readonly [number, number] => [numbers[0] ?? 0, numbers.at(-1) ?? 0];

interface Named {
  readonly label: string;
  readonly reduce: Reducer;
}

const reducers = new Map<string, Named>([
  ['lastNotNull', { label: 'last', reduce: values => known(values).at(-1) ?? null }],
  ['last', { label: 'last', reduce: values => values.at(-1) ?? null }],
  ['firstNotNull', { label: 'first', reduce: values => known(values)[0] ?? null }],
  ['first', { label: 'first', reduce: values => values[0] ?? null }],
  ['min', { label: 'min', reduce: overNumbers(least) }],
  ['max', { label: 'max', reduce: overNumbers(most) }],
  ['mean', { label: 'mean', reduce: overNumbers(mean) }],
  ['avg', { label: 'mean', reduce: overNumbers(mean) }],
  ['median', { label: 'median', reduce: overNumbers(numbers => percentile(numbers, 0.5)) }],
  ['sum', { label: 'total', reduce: overNumbers(sum) }],
  ['total', { label: 'total', reduce: overNumbers(sum) }],
  ['count', { label: 'count', reduce: values => values.length }],
  ['countAll', { label: 'count', reduce: values => values.length }],
  ['range', { label: 'range', reduce: overNumbers(numbers => most(numbers) - least(numbers)) }],
  ['delta', { label: 'delta', reduce: overNumbers(delta) }],
  ['step', { label: 'step', reduce: overNumbers(smallestStep) }],
  ['diff', { label: 'difference', reduce: overNumbers(numbers => ends(numbers)[1] - ends(numbers)[0]) }],
  [
    'diffperc',
    { label: 'difference', reduce: overNumbers(numbers => (ends(numbers)[1] - ends(numbers)[0]) / ends(numbers)[0]) },
  ],
  ['logmin', { label: 'min above 0', reduce: values => overNumbers(least)(numbersOf(values).filter(one => one > 0)) }],
  ['variance', { label: 'variance', reduce: overNumbers(variance) }],
  ['stdDev', { label: 'std dev', reduce: overNumbers(numbers => Math.sqrt(variance(numbers))) }],
  ['allIsZero', { label: 'all zero', reduce: values => known(values).every(value => value === 0) }],
  ['allIsNull', { label: 'all missing', reduce: values => known(values).length === 0 }],
  [
    'changeCount',
    {
      label: 'changes',
      reduce: values =>
        known(values).reduce<number>(
          (count, value, at, all) => (at > 0 && value !== all[at - 1] ? count + 1 : count),
          0,
        ),
    },
  ],
  ['distinctCount', { label: 'distinct', reduce: values => new Set(known(values)).size }],
  ['uniqueValues', { label: 'distinct', reduce: values => [...new Set(known(values))].join(', ') }],
  ['allValues', { label: 'all', reduce: values => known(values).join(', ') }],
]);

/** `lastNotNull`, `mean`, `p95`, ...; undefined for one that is not known. */
export function reducerOf(id: string): Named | undefined {
  const share = /^p(\d{1,2})$/.exec(id)?.[1];
  if (share !== undefined)
    return { label: id, reduce: overNumbers(numbers => percentile(numbers, Number(share) / 100)) };
  return reducers.get(id);
}

/** The value by that name; of the last that is known for a name that is not. */
export function reduceBy(id: string, values: readonly Cell[]): Cell {
  const named = reducerOf(id) ?? reducerOf('lastNotNull');
  return named === undefined ? null : named.reduce(values);
}
