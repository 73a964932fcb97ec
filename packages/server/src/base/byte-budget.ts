/** Bytes that may be held at one time. Past it the asker is refused; nobody waits. */
export interface Budget {
  /** False when it would go past the bound; nothing is taken then. */
  tryTake(bytes: number): boolean;
  give(bytes: number): void;
}

/** A bound on bytes that are held at one time, over all requests. */
export class ByteBudget implements Budget {
  readonly maxBytes: number;
  readonly #shares = new Map<string, number>();
  #taken = 0;

  constructor(maxBytes: number) {
    this.maxBytes = maxBytes;
  }

  get taken(): number {
    return this.#taken;
  }

  tryTake(bytes: number): boolean {
    if (this.#taken + bytes > this.maxBytes) return false;
    this.#taken += bytes;
    return true;
  }

  give(bytes: number): void {
    this.#taken -= bytes;
  }

  /**
   * The part of it that is for `name`: at most as much as is left to the others. So one who takes all it can get has half, two have a third each, and
   * there is always room for one more.
   */
  share(name: string): Budget {
    return {
      tryTake: bytes => {
        const own = (this.#shares.get(name) ?? 0) + bytes;
        if (own > this.maxBytes - this.#taken || !this.tryTake(bytes)) return false;
        this.#shares.set(name, own);
        return true;
      },
      give: bytes => {
        this.give(bytes);
        const own = (this.#shares.get(name) ?? 0) - bytes;
        if (own > 0) this.#shares.set(name, own);
        else this.#shares.delete(name);
      },
    };
  }
}
