/** Numbers of one side: the least value that each of `levels` of them do not exceed. */
export interface Distribution {
  /** One per level, ascending. */
  readonly quantiles: readonly number[];
  readonly of: number;
}

/** 0, 0.025, ... 1. */
export const quantileLevels: readonly number[] = Array.from({ length: 41 }, (_, i) => i / 40);

/** Where two distributions lie furthest apart. */
export interface NumberGap {
  /** Shares are of numbers above it. */
  readonly cut: number;
  readonly selectedShare: number;
  readonly referenceShare: number;
  /** How far they lie apart at least; 0 when they may be the same. */
  readonly surelyApart: number;
}

/**
 * The two-sample Kolmogorov-Smirnov distance of two distributions that are known by quantiles, less what chance makes of it with this probability.
 * The cut is rounded to what a person would write, and the shares are those at the rounded cut.
 */
export function numberGap(selected: Distribution, reference: Distribution, probability: number): NumberGap {
  let best = { cut: 0, apart: -1 };
  for (const exact of [...selected.quantiles, ...reference.quantiles]) {
    for (const cut of [exact, rounded(exact)]) {
      const apart = Math.abs(shareAbove(selected, cut) - shareAbove(reference, cut));
      // Of two that are as good, the shorter number.
      if (apart > best.apart + 1e-9 || (apart > best.apart - 0.005 && digits(cut) < digits(best.cut)))
        best = { cut, apart };
    }
  }
  const { of: n } = selected;
  const { of: m } = reference;
  const chance = Math.sqrt((-Math.log(probability / 2) / 2) * ((n + m) / (n * m)));
  return {
    cut: best.cut,
    selectedShare: shareAbove(selected, best.cut),
    referenceShare: shareAbove(reference, best.cut),
    surelyApart: Math.max(0, best.apart - chance),
  };
}

/** How many of the numbers are greater than `cut`. Between two quantiles it is taken to rise evenly, unless they are the same. */
export function shareAbove({ quantiles }: Distribution, cut: number): number {
  const above = quantiles.findIndex(quantile => quantile > cut);
  if (above === -1) return 0;
  if (above === 0) return 1;
  const low = quantiles[above - 1] ?? cut;
  const high = quantiles[above] ?? cut;
  const part = high === low ? 0 : (cut - low) / (high - low);
  return 1 - (above - 1 + part) / (quantiles.length - 1);
}

function rounded(value: number): number {
  return Number(value.toPrecision(2));
}

function digits(value: number): number {
  return String(Math.abs(value)).length;
}
