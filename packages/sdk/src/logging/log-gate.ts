/** What a logger did, for who looks for the noisy ones. */
export interface LoggerVolume {
  readonly logger: string;
  readonly lines: number;
  /** Lines that were not sent because the logger was over its budget. */
  readonly dropped: number;
  /** Lines that were not sent because they were the same again and again. */
  readonly repeated: number;
}

interface Counts {
  lines: number;
  dropped: number;
  repeated: number;
  secondMs: number;
  inSecond: number;
}

interface Repeats {
  readonly logger: string;
  readonly severity: number;
  readonly body: string;
  seen: number;
  held: number;
}

const maxLoggers = 200;
const maxBodies = 1000;
const windowMs = 10_000;
/** The same line this often within 10 seconds says nothing new. */
const maxSame = 50;
/** Warnings and errors have more room: they are what is looked for after a flood. */
const severeTimes = 5;
const warning = 13;

/**
 * How many lines of each logger leave the process. Over its budget a logger's lines are dropped, debug and information first; the same line, without fields, over and over is sent 50 times in 10 seconds, and then
 * once more with how often it came. Everything is counted. What the application writes itself is not touched.
 */
export class LogGate {
  readonly #perSecond: number;
  readonly #loggers = new Map<string, Counts>();
  #bodies = new Map<string, Repeats>();
  #windowMs = 0;
  #ended: Repeats[] = [];

  /** `perSecond`: lines per logger; 0 is no limit. */
  constructor(perSecond: number) {
    this.#perSecond = perSecond;
  }

  /** Whether a line is to be sent. `atMs` never goes back. */
  admits(logger: string, severity: number, body: string, atMs: number): boolean {
    if (!this.hasRoom(logger, severity, atMs)) return false;
    if (!this.#repeats(logger, severity, body, atMs)) return true;
    this.#countsOf(logger).repeated++;
    return false;
  }

  /** As `admits`, for lines of which each says something of its own. */
  hasRoom(logger: string, severity: number, atMs: number): boolean {
    const counts = this.#countsOf(logger);
    counts.lines++;
    if (atMs - counts.secondMs >= 1000) {
      counts.secondMs = atMs;
      counts.inSecond = 0;
    }
    counts.inSecond++;
    const most = severity >= warning ? this.#perSecond * severeTimes : this.#perSecond;
    if (most > 0 && counts.inSecond > most) {
      counts.dropped++;
      return false;
    }
    return true;
  }

  /** Lines that were held back as repeats since the last call, whose window is over; each to be sent once with its number. */
  takeRepeats(
    atMs: number,
    isLast = false,
  ): readonly { logger: string; severity: number; body: string; times: number }[] {
    if (isLast || atMs - this.#windowMs >= windowMs) this.#endWindow(atMs);
    const ended = this.#ended;
    this.#ended = [];
    return ended.map(({ logger, severity, body, held }) => ({ logger, severity, body, times: held }));
  }

  /** The loggers with the most lines first. */
  volumes(most = 10): readonly LoggerVolume[] {
    return [...this.#loggers]
      .map(([logger, { lines, dropped, repeated }]) => ({ logger, lines, dropped, repeated }))
      .sort((a, b) => b.lines - a.lines)
      .slice(0, most);
  }

  /** Dropped lines of all loggers. */
  get dropped(): number {
    let sum = 0;
    for (const { dropped } of this.#loggers.values()) sum += dropped;
    return sum;
  }

  #countsOf(logger: string): Counts {
    const known = this.#loggers.get(logger);
    if (known !== undefined) return known;
    const name = this.#loggers.size < maxLoggers ? logger.slice(0, 100) : 'other';
    let counts = this.#loggers.get(name);
    if (counts === undefined) {
      counts = { lines: 0, dropped: 0, repeated: 0, secondMs: -Infinity, inSecond: 0 };
      this.#loggers.set(name, counts);
    }
    return counts;
  }

  #repeats(logger: string, severity: number, body: string, atMs: number): boolean {
    if (atMs - this.#windowMs >= windowMs) this.#endWindow(atMs);
    const key = `${severity} ${logger} ${body.slice(0, 200)}`;
    const known = this.#bodies.get(key);
    if (known === undefined) {
      if (this.#bodies.size < maxBodies) this.#bodies.set(key, { logger, severity, body, seen: 1, held: 0 });
      return false;
    }
    if (++known.seen <= maxSame) return false;
    known.held++;
    return true;
  }

  #endWindow(atMs: number): void {
    for (const repeats of this.#bodies.values()) if (repeats.held > 0) this.#ended.push(repeats);
    this.#bodies = new Map();
    this.#windowMs = atMs;
  }
}
