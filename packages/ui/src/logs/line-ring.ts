/**
 * The newest lines of a live tail. Holds at most `capacity`; past that each new line takes the place of the oldest.
 * Pushing costs the same however full it is, so memory stays flat.
 */
export class LineRing<Line> {
  readonly #slots: Line[] = [];
  #oldest = 0;
  #pushed = 0;

  constructor(readonly capacity: number) {}

  get size(): number {
    return this.#slots.length;
  }

  /** How many lines were ever pushed; line i from the oldest is number `pushed - size + i`. */
  get pushed(): number {
    return this.#pushed;
  }

  push(line: Line): void {
    this.#pushed++;
    if (this.#slots.length < this.capacity) {
      this.#slots.push(line);
      return;
    }
    this.#slots[this.#oldest] = line;
    this.#oldest = (this.#oldest + 1) % this.capacity;
  }

  /** Line `index`, counted from the oldest; undefined outside. */
  at(index: number): Line | undefined {
    if (index < 0 || index >= this.#slots.length) return undefined;
    return this.#slots[(this.#oldest + index) % this.#slots.length];
  }

  clear(): void {
    this.#slots.length = 0;
    this.#oldest = 0;
    this.#pushed = 0;
  }
}
