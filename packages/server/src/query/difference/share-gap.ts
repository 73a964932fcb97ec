/** So many of so many; both may be fractions where rows stand for others. */
export interface Share {
  readonly share: number;
  /** How many independent observations it rests on. */
  readonly of: number;
}

/**
 * How far two shares lie apart at least: 0 when they may be the same.
 *
 * The nearer end of Newcombe's interval for the difference of two proportions (his method 10, from Wilson's intervals of each), which holds for few observations
 * and for shares of 0 and 1 too. `z`: how many standard errors.
 */
export function surelyApart(a: Share, b: Share, z: number): number {
  const [high, low] = a.share >= b.share ? [a, b] : [b, a];
  const below = high.share - wilson(high, z).low;
  const above = wilson(low, z).high - low.share;
  return Math.max(0, high.share - low.share - Math.hypot(below, above));
}

function wilson({ share, of }: Share, z: number): { readonly low: number; readonly high: number } {
  if (of <= 0) return { low: 0, high: 1 };
  const zz = z * z;
  const middle = (share + zz / (2 * of)) / (1 + zz / of);
  const half = (z / (1 + zz / of)) * Math.sqrt((share * (1 - share)) / of + zz / (4 * of * of));
  return { low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * The number of standard errors that chance exceeds, to either side, with this probability.
 * (Abramowitz and Stegun 26.2.23: off by less than 0.00045.)
 */
export function standardErrors(probability: number): number {
  const t = Math.sqrt(-2 * Math.log(probability / 2));
  const above = 2.515517 + t * (0.802853 + t * 0.010328);
  const below = 1 + t * (1.432788 + t * (0.189269 + t * 0.001308));
  return t - above / below;
}
