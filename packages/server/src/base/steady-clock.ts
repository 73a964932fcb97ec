export interface ClockSources {
  /** The wall clock, ms since 1970. It may jump. */
  readonly wall: () => number;
  /** Ms that only grow. */
  readonly monotonic: () => number;
  /** Told once when a jump is believed. */
  readonly jumped: (byMs: number) => void;
}

/** Smaller corrections are ordinary: forward they are followed at once, backward time stands still until it is reached again. */
const smallMs = 5 * 60_000;

/** A larger jump is believed when it has lasted so long. Until then time goes on as it went. */
const beliefMs = 60_000;

/**
 * The time of day, without the wall clock's leaps: it never goes back by less than five minutes, and does not follow a larger jump that is taken back
 * within a minute. A clock that was set for good is followed after that minute, also backward: else what is received would be filed under a wrong day for ever.
 */
export function steadyClock({ wall, monotonic, jumped }: ClockSources): () => number {
  let lastMs = wall();
  let lastAt = monotonic();
  let jumpSince: number | undefined;
  return () => {
    const at = monotonic();
    const expectedMs = lastMs + (at - lastAt);
    const wallMs = wall();
    const off = wallMs - expectedMs;
    let nowMs: number;
    if (Math.abs(off) < smallMs) {
      jumpSince = undefined;
      nowMs = Math.max(lastMs, wallMs);
    } else {
      jumpSince ??= at;
      const isBelieved = at - jumpSince >= beliefMs;
      nowMs = isBelieved ? wallMs : expectedMs;
      if (isBelieved) {
        jumpSince = undefined;
        jumped(off);
      }
    }
    lastMs = nowMs;
    lastAt = at;
    return Math.floor(nowMs);
  };
}
