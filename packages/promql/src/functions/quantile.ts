/**
 * The `q`-quantile of the first `count` values, between two of them by their distance; the values are sorted in place.
 *
 * NaN counts as the smallest value. Outside of 0 to 1 the result is infinite, of nothing it is NaN.
 */
export function quantileOf(q: number, values: Float64Array, count: number): number {
  if (count === 0 || Number.isNaN(q)) return NaN;
  if (q < 0) return -Infinity;
  if (q > 1) return Infinity;
  const used = values.subarray(0, count).sort();
  // Sorting puts NaN last; here it comes first.
  let numbers = count;
  while (numbers > 0 && Number.isNaN(used[numbers - 1])) numbers--;
  const nans = count - numbers;
  const rank = q * (count - 1);
  const lower = Math.max(0, Math.floor(rank));
  const upper = Math.min(count - 1, lower + 1);
  const weight = rank - Math.floor(rank);
  return (
    (lower < nans ? NaN : used[lower - nans]!) * (1 - weight) + (upper < nans ? NaN : used[upper - nans]!) * weight
  );
}

/** The warning for a quantile outside of 0 to 1, in Prometheus' words. */
export function badQuantileText(q: number): string {
  return `quantile value should be between 0 and 1, got ${shortNumber(q)}`;
}

/** A number as Go's `%g` writes it: with an exponent of two digits from a million and below a ten-thousandth. */
export function shortNumber(value: number): string {
  if (Number.isNaN(value)) return 'NaN';
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const size = Math.abs(value);
  if (size >= 1e-4 && size < 1e6) return String(value);
  const [digits = '', exponent = ''] = value.toExponential().split('e');
  const sign = exponent.startsWith('-') ? '-' : '+';
  return `${digits}e${sign}${exponent.slice(1).padStart(2, '0')}`;
}
