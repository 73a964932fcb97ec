import type { TargetGroup } from './target.js';

/** A way to find targets that is asked again and again. */
export interface Discovery {
  /** For messages: the kind and what it looks at. */
  readonly what: string;
  readonly everyMs: number;
  /** All targets there are now. What could not be found out stands in `faults`, and has the targets it had. Rejects when nothing is known. */
  find(signal: AbortSignal): Promise<Found>;
}

export interface Found {
  /** The same list as before when nothing changed, if that is known. */
  readonly groups: readonly TargetGroup[];
  readonly faults: readonly string[];
}
