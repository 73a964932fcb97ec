import type { Red } from '../red.js';
import type { Steps, TimeWindow } from '../time-window.js';

/**
 * The newest part of the steps that holds about `calls` calls, so that what is read of each call stays bounded however long the range is. At least one step;
 * undefined when nothing was called.
 */
export function sampleWindow(byStep: ReadonlyMap<number, Red>, steps: Steps, calls: number): TimeWindow | undefined {
  let found = 0;
  let fromMs: number | undefined;
  let toMs = steps.window.toMs;
  for (const stepMs of steps.stepsMs.toReversed()) {
    const count = byStep.get(stepMs)?.count ?? 0;
    if (count === 0) continue;
    if (fromMs === undefined) toMs = Math.min(toMs, stepMs + steps.stepMs);
    fromMs = stepMs;
    found += count;
    if (found >= calls) break;
  }
  return fromMs === undefined ? undefined : { fromMs, toMs };
}
