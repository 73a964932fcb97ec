/** Milliseconds on the monotonic clock, since the process started. Durations come from here and nowhere else. */
export const nowMs: () => number = performance.now.bind(performance);

/** How far the wall clock may drift from the anchor before we follow it (NTP slews stay below). */
const jumpMs = 100;

/**
 * Turns monotonic time into wall time.
 *
 * A span's two ends are converted with the same offset, so a wall clock that is set back while it runs cannot make its duration negative.
 * `reanchor` is called once per flush; it follows the wall clock when that was set, or when the machine slept.
 */
export class WallClock {
  offsetMs: number;
  readonly #wallMs: () => number;
  readonly #monotonicMs: () => number;

  constructor(wallMs: () => number = Date.now, monotonicMs: () => number = nowMs) {
    this.#wallMs = wallMs;
    this.#monotonicMs = monotonicMs;
    this.offsetMs = wallMs() - monotonicMs();
  }

  reanchor(): void {
    const offsetMs = this.#wallMs() - this.#monotonicMs();
    if (Math.abs(offsetMs - this.offsetMs) > jumpMs) this.offsetMs = offsetMs;
  }
}
