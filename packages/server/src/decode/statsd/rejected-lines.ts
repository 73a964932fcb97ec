const maxExampleLength = 300;

export interface Rejected {
  readonly reason: string;
  readonly count: number;
  /** The start of the first line that had this reason. It may hold anything, secrets too. */
  readonly example: string;
}

/** Lines that can not be read, by reason. */
export class RejectedLines {
  readonly #reasons = new Map<string, { count: number; readonly example: string }>();

  /** `reason` is one of a few sentences. */
  add(reason: string, line: string, count = 1): void {
    const known = this.#reasons.get(reason);
    if (known !== undefined) known.count += count;
    else this.#reasons.set(reason, { count, example: line.slice(0, maxExampleLength) });
  }

  /** What was added since the last time. */
  take(): readonly Rejected[] {
    const rejected = [...this.#reasons].map(([reason, { count, example }]) => ({ reason, count, example }));
    this.#reasons.clear();
    return rejected;
  }
}
