/** Traces of one generation. Beyond it the older generation is forgotten early. */
const maxTraces = 100_000;

/**
 * Traces that are kept whole, by their keys (`trace-hash.ts`): in two generations, so that each is remembered for at least `rememberMs`, while there are
 * not too many, and memory is bounded.
 */
export class MarkedTraces {
  readonly #rememberMs: number;
  readonly #maxTraces: number;
  #newer = new Set<number>();
  #older = new Set<number>();
  #since = 0;

  constructor(rememberMs: number, max = maxTraces) {
    this.#rememberMs = rememberMs;
    this.#maxTraces = max;
  }

  has(key: number): boolean {
    return this.#newer.has(key) || this.#older.has(key);
  }

  add(key: number, nowMs: number): void {
    if (nowMs - this.#since > this.#rememberMs || this.#newer.size >= this.#maxTraces) {
      this.#older = this.#newer;
      this.#newer = new Set();
      this.#since = nowMs;
    }
    this.#newer.add(key);
  }
}
