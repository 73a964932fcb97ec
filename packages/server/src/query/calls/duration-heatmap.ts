import type { OverviewAnswer } from '@bellwether/model';
import { bucketLowNs } from '../durations.js';
import type { Red } from '../red.js';
import type { Steps } from '../time-window.js';

/** Four of the receiver's buckets (a factor of 1.41) make one row: finer rows would be thinner than a line of text. */
const bucketsPerRow = 4;

/** How many took how long, in each step. */
export function durationHeatmap(requests: ReadonlyMap<number, Red>, steps: Steps): OverviewAnswer['heatmap'] {
  const rows = [...requests.values()].flatMap(red =>
    [...red.durations.keys()].map(bucket => Math.floor(bucket / bucketsPerRow)),
  );
  if (rows.length === 0) return { bucketLowMs: [], counts: steps.stepsMs.map(() => []) };
  const lowest = rows.reduce((a, b) => Math.min(a, b));
  const highest = rows.reduce((a, b) => Math.max(a, b));
  const height = highest - lowest + 1;
  return {
    bucketLowMs: Array.from({ length: height }, (_, i) => bucketLowNs((lowest + i) * bucketsPerRow) / 1e6),
    counts: steps.stepsMs.map(stepMs => {
      const counts = Array.from({ length: height }, () => 0);
      for (const [bucket, count] of requests.get(stepMs)?.durations ?? []) {
        const row = Math.floor(bucket / bucketsPerRow) - lowest;
        counts[row] = (counts[row] ?? 0) + count;
      }
      return counts;
    }),
  };
}
