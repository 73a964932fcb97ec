/** A bound on bytes that are held at one time, over all requests. Past it the asker is refused; nobody waits. */
export class ByteBudget {
  readonly maxBytes: number;
  #taken = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get taken(): number {
    return this.#taken;
  }

  /** False when it would go past the bound; nothing is taken then. */
  tryTake(bytes: number): boolean {
    if (this.#taken + bytes > this.maxBytes) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }
}
