/**
 * By how much to multiply what was seen between the first and last sample to get the growth over the whole range.
 *
 * A series reaches to an end of the range if its first or last sample is no farther from it than 1.1 times the samples' mean distance;
 * otherwise it is taken to begin or end half such a distance away. A counter was not there before it was zero: `zeroShare` says how
 * long before the first sample that was, as a part of the sampled time. Prometheus 2 (`zeroFirst`) went back to it however far it was.
 */
export function extrapolation(
  firstMs: number,
  lastMs: number,
  count: number,
  rangeStartMs: number,
  rangeEndMs: number,
  zeroShare: number,
  zeroFirst = false,
): number {
  const sampled = (lastMs - firstMs) / 1000;
  const spacing = sampled / (count - 1);
  let before = (firstMs - rangeStartMs) / 1000;
  let after = (rangeEndMs - lastMs) / 1000;
  if (zeroFirst && sampled * zeroShare < before) before = sampled * zeroShare;
  if (before >= spacing * 1.1) before = spacing / 2;
  if (sampled * zeroShare < before) before = sampled * zeroShare;
  if (after >= spacing * 1.1) after = spacing / 2;
  return (sampled + before + after) / sampled;
}
