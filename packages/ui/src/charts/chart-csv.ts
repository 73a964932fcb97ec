import { csv } from '../parts/csv.js';

type Column = { readonly name: string; readonly values: readonly (number | null)[] };

/** ISO times, then one column per series; a gap is empty. */
export function chartCsv(stepsMs: readonly number[], columns: readonly Column[]): string {
  return csv([
    ['time', ...columns.map(({ name }) => name)],
    ...stepsMs.map((ms, step) => [new Date(ms).toISOString(), ...columns.map(({ values }) => values[step] ?? null)]),
  ]);
}
