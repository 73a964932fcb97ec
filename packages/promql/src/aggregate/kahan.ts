/**
 * Sums that keep what rounding loses beside them (Neumaier's variant of Kahan's summation), one sum per step.
 *
 * The sum is `sums[step] + lost[step]`.
 */
export function addCompensated(sums: Float64Array, lost: Float64Array, step: number, value: number): void {
  const before = sums[step]!;
  const after = before + value;
  if (after === Infinity || after === -Infinity) lost[step] = 0;
  else if (Math.abs(before) >= Math.abs(value)) lost[step]! += before - after + value;
  else lost[step]! += value - after + before;
  sums[step] = after;
}
