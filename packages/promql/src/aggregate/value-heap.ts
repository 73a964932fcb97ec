/**
 * The `k` highest (or lowest) of a run of values, each with the index of who has it.
 *
 * A binary heap with the worst of the kept ones on top. NaN is worse than any number. The moves are those of Go's
 * `container/heap`, so that of equal values the same ones are kept as in Prometheus.
 */
export class ValueHeap {
  readonly #values: Float64Array;
  readonly #owners: Int32Array;
  readonly #highest: boolean;
  #room: number;
  #size = 0;

  constructor(mostKept: number, highest: boolean) {
    this.#values = new Float64Array(mostKept);
    this.#owners = new Int32Array(mostKept);
    this.#room = mostKept;
    this.#highest = highest;
  }

  /** Forgets everything; at most `room` are kept from now on, which is not more than was given at first. */
  clear(room: number): void {
    this.#size = 0;
    this.#room = room;
  }

  add(value: number, owner: number): void {
    if (this.#room === 0) return;
    if (this.#size < this.#room) {
      const at = this.#size++;
      this.#values[at] = value;
      this.#owners[at] = owner;
      this.#up(at);
      return;
    }
    const worst = this.#values[0]!;
    const isBetter = this.#highest ? worst < value : worst > value;
    if (!isBetter && !(worst !== worst && value === value)) return;
    this.#values[0] = value;
    this.#owners[0] = owner;
    this.#down();
  }

  /** Who is kept, the best first. */
  best(): readonly number[] {
    const places = Array.from({ length: this.#size }, (_, at) => at);
    places.sort((a, b) => {
      if (this.#isWorse(b, a)) return this.#isWorse(a, b) ? 0 : -1;
      return this.#isWorse(a, b) ? 1 : 0;
    });
    return places.map(at => this.#owners[at]!);
  }

  /** Who is kept, in no order. */
  owner(at: number): number {
    return this.#owners[at]!;
  }

  get size(): number {
    return this.#size;
  }

  #isWorse(a: number, b: number): boolean {
    const left = this.#values[a]!;
    const right = this.#values[b]!;
    if (left !== left) return true;
    return this.#highest ? left < right : left > right;
  }

  #up(from: number): void {
    let at = from;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(at, parent)) return;
      this.#swap(at, parent);
      at = parent;
    }
  }

  #down(): void {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#size) return;
      if (child + 1 < this.#size && this.#isWorse(child + 1, child)) child++;
      if (!this.#isWorse(child, at)) return;
      this.#swap(at, child);
      at = child;
    }
  }

  #swap(a: number, b: number): void {
    const value = this.#values[a]!;
    this.#values[a] = this.#values[b]!;
    this.#values[b] = value;
    const owner = this.#owners[a]!;
    this.#owners[a] = this.#owners[b]!;
    this.#owners[b] = owner;
  }
}
