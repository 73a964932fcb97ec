/** Requests per step and duration bucket, as the API answers them. */
export type HeatmapCounts = {
  readonly stepsMs: readonly number[];
  readonly stepMs: number;
  /** Lower bounds, from low to high. */
  readonly bucketLowMs: readonly number[];
  /** counts[step][bucket] */
  readonly counts: readonly (readonly number[])[];
};

/** What a rectangle covers; without `low` and `high` it covers every duration. */
export type HeatmapSelection = {
  readonly fromMs: number;
  readonly toMs: number;
  readonly low: number | undefined;
  readonly high: number | undefined;
};

/** The range of the axis. A bucket ends where the next begins; the last is as wide (in the log) as the one before it. */
export function bucketBounds(bucketLowMs: readonly number[]): { readonly lowMs: number; readonly highMs: number } {
  const positive = bucketLowMs.filter(low => low > 0);
  const lowMs = positive[0] ?? 1;
  const last = positive.at(-1) ?? lowMs;
  const before = positive.at(-2);
  const ratio = before === undefined ? 2 : last / before;
  return { lowMs, highMs: Math.max(last * ratio, lowMs * 4) };
}

/** How many lie in a rectangle; a cell counts when its middle does. */
export function countSelected(
  { stepsMs, stepMs, bucketLowMs, counts }: HeatmapCounts,
  { fromMs, toMs, low = 0, high = Infinity }: HeatmapSelection,
): number {
  const { highMs } = bucketBounds(bucketLowMs);
  let sum = 0;
  for (let step = 0; step < stepsMs.length; step += 1) {
    const middle = (stepsMs[step] ?? 0) + stepMs / 2;
    if (middle < fromMs || middle >= toMs) continue;
    for (let bucket = 0; bucket < bucketLowMs.length; bucket += 1) {
      const middleMs = Math.sqrt((bucketLowMs[bucket] ?? 0) * (bucketLowMs[bucket + 1] ?? highMs));
      if (middleMs >= low && middleMs < high) sum += counts[step]?.[bucket] ?? 0;
    }
  }
  return sum;
}

/** Opacity of a cell: 10% to 95%, by the square root, so that few slow requests can be seen beside many fast ones. */
export function shades(counts: readonly (readonly number[])[]): (count: number) => number {
  let top = 1;
  for (const step of counts) for (const count of step) if (count > top) top = count;
  return count => 0.1 + 0.85 * Math.sqrt(count / top);
}

const ticks = [0.001, 0.01, 0.1, 1, 10, 50, 250, 1000, 5000, 30_000, 120_000, 600_000];

/** Round durations for the axis; at most five of them, and at least two. */
export function durationTicks(lowMs: number, highMs: number): number[] {
  const inside = ticks.filter(tick => tick >= lowMs && tick <= highMs);
  if (inside.length < 2) return [lowMs, Math.sqrt(lowMs * highMs)];
  return inside.length <= 5 ? inside : inside.filter((_, at) => (inside.length - 1 - at) % 2 === 0);
}
