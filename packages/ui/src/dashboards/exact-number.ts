/** A number as queries take it: every digit, no grouping. */
export function formatExactNumber(value: number | undefined): string {
  if (value === undefined) return '';
  if (value === Infinity) return '+Inf';
  return value === -Infinity ? '-Inf' : String(value);
}
