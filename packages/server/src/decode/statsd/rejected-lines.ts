import type { Part } from '../parts.js';

const maxExampleLength = 80;

/** Lines that can not be read, by reason, each with the first line that had it as an example. */
export class RejectedLines {
  readonly #reasons = new Map<string, { count: number; readonly example: string }>();

  /** `reason` is one of a few sentences. */
  add(reason: string, line: string): void {
    const known = this.#reasons.get(reason);
    if (known !== undefined) known.count += 1;
    else this.#reasons.set(reason, { count: 1, example: exampleOf(line) });
  }

  /** A part without a body per reason, of what was added since the last time. The examples stay the same. */
  take(): readonly Part[] {
    const parts: Part[] = [];
    for (const [reason, entry] of this.#reasons) {
      if (entry.count === 0) continue;
      const rejectedReason = `${reason}, as in ${entry.example}`;
      parts.push({ signal: 'metrics', body: new Uint8Array(), rejected: entry.count, rejectedReason });
      entry.count = 0;
    }
    return parts;
  }
}

/** As a JSON string, so that control characters are seen. */
function exampleOf(line: string): string {
  return JSON.stringify(line.length > maxExampleLength ? `${line.slice(0, maxExampleLength)}…` : line);
}
