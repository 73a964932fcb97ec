import { tooBusy } from '../base/refusal.js';

export interface TurnLimits {
  /** Bytes of one workspace's requests between their turn and their answer; a larger request is let in when it is the only one. */
  readonly maxBytes: number;
  /** The same for more than two requests while others send as well: those share writes with these, and wait for them. */
  readonly maxBytesBeside: number;
  readonly maxRequests: number;
  /** Requests of one workspace that wait for their turn. */
  readonly maxWaiting: number;
}

export const defaultTurnLimits: TurnLimits = {
  maxBytes: 4 << 20,
  maxBytesBeside: 256 << 10,
  maxRequests: 256,
  maxWaiting: 10_000,
};

/** A workspace that sent within so long counts as sending. */
const besideMs = 5000;
const sharedMs = 5 * 60_000;

interface Waiting {
  readonly bytes: number;
  readonly start: () => void;
}

interface Line {
  readonly waiting: Waiting[];
  bytes: number;
  requests: number;
}

/** After so long the event loop gets its turn: bodies of other senders come in meanwhile. */
const sliceMs = 1;

/** What is so small is decoded at once when its workspace has room: its turn would cost more than itself. */
const smallBytes = 16 << 10;

/**
 * Whose request is decoded next. Each workspace has a line of its own and the lines take turns, so that a workspace that sends a hundred times as much
 * waits for itself and not the others for it. What one workspace may have between decoding and the disk at one time is limited too, since those
 * requests share a write with everybody's.
 */
export class FairTurns {
  readonly #limits: TurnLimits;
  /** In the order of their turns: who had one goes to the end. */
  readonly #lines = new Map<string, Line>();
  #isPumping = false;
  /** Who came last, and when somebody else came last. */
  #last = '';
  #mixedAt = -Infinity;
  #sliceEndsAt = -Infinity;

  constructor(limits: TurnLimits = defaultTurnLimits) {
    this.#limits = limits;
  }

  /** Requests that wait. */
  get waiting(): number {
    let sum = 0;
    for (const { waiting } of this.#lines.values()) sum += waiting.length;
    return sum;
  }

  /** Did several workspaces send within the last five minutes? */
  get isShared(): boolean {
    return performance.now() - this.#mixedAt < sharedMs;
  }

  /** Runs `work` when it is this workspace's turn. Throws a 503 `Refusal` when too much of it waits already. */
  async run<T>(workspace: string, bytes: number, work: () => Promise<T>): Promise<T> {
    const line = this.#lineOf(workspace);
    if (workspace !== this.#last) {
      if (this.#last !== '') this.#mixedAt = performance.now();
      this.#last = workspace;
    }
    if (line.waiting.length >= this.#limits.maxWaiting) throw tooBusy('too many requests wait for their turn', 'busy');
    const isLate = bytes > smallBytes && (this.#isPumping || performance.now() > this.#slice());
    const mustWait = isLate || line.waiting.length > 0 || !this.#fits(line, bytes);
    if (!mustWait) return this.#enter(workspace, line, bytes, work);
    return new Promise<T>((resolve, reject) => {
      // What of it needs no waiting happens within the call, so that the slice sees how long it takes.
      const start = (): void => void this.#enter(workspace, line, bytes, work).then(resolve, reject);
      line.waiting.push({ bytes, start });
      this.#pump();
    });
  }

  async #enter<T>(workspace: string, line: Line, bytes: number, work: () => Promise<T>): Promise<T> {
    line.bytes += bytes;
    line.requests += 1;
    try {
      return await work();
    } finally {
      line.bytes -= bytes;
      line.requests -= 1;
      if (line.waiting.length > 0) this.#pump();
      else if (line.requests === 0) this.#lines.delete(workspace);
    }
  }

  #lineOf(workspace: string): Line {
    const known = this.#lines.get(workspace);
    if (known !== undefined) return known;
    const line = { waiting: [], bytes: 0, requests: 0 };
    this.#lines.set(workspace, line);
    return line;
  }

  #fits(line: Line, bytes: number): boolean {
    if (line.requests === 0) return true;
    const { maxBytes, maxBytesBeside, maxRequests } = this.#limits;
    // Two may always be under way: one is decoded while the other is brought to the disk.
    const isMixed = line.requests > 1 && performance.now() - this.#mixedAt < besideMs;
    return line.requests < maxRequests && line.bytes + bytes <= (isMixed ? maxBytesBeside : maxBytes);
  }

  /** Until when work may start in this round of the event loop. */
  #slice(): number {
    if (this.#sliceEndsAt === -Infinity) {
      this.#sliceEndsAt = performance.now() + sliceMs;
      setImmediate(() => (this.#sliceEndsAt = -Infinity));
    }
    return this.#sliceEndsAt;
  }

  #pump(): void {
    if (this.#isPumping) return;
    this.#isPumping = true;
    setImmediate(() => {
      this.#isPumping = false;
      this.#startSome();
    });
  }

  /** Starts one request of each line that has room, in turns, until the slice is over. */
  #startSome(): void {
    const endsAt = performance.now() + sliceMs;
    let hasStarted = true;
    while (hasStarted) {
      hasStarted = false;
      // A copy: whoever had a turn goes to the end, and would be met again.
      for (const [workspace, line] of Array.from(this.#lines)) {
        const next = line.waiting[0];
        if (next === undefined || !this.#fits(line, next.bytes)) continue;
        if (performance.now() > endsAt) return this.#pump();
        line.waiting.shift();
        this.#lines.delete(workspace);
        this.#lines.set(workspace, line);
        next.start();
        hasStarted = true;
      }
    }
  }
}
