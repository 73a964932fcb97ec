/** What was done, and of how many of those that were due (0 to 1) it was. */
export interface Look {
  readonly workedMs: number;
  readonly share: number;
}

/** As long as every trace is looked at, it takes at most a fifth of a core. */
const restOfAll = 4;
/** Where only every n-th is, more looking tells little more, and much comes in: a fortieth of a core, about 2% of what it takes to store so many spans. */
const restOfSome = 39;
/** A busy machine makes work seem long. */
const longestMs = 10_000;

/** How long to rest after a look, in milliseconds. */
export function restAfter({ workedMs, share }: Look): number {
  return Math.min(workedMs * (share < 1 ? restOfSome : restOfAll), longestMs);
}
