/** A logger whose level can be set; the part of pino that we use. */
interface Levelled {
  level: string;
}

const maxLoggers = 1000;
const maxNames = 500;

/** Levels by logger name, and the loggers that have them; none is kept alive. */
export class LogLevels {
  #fallback: string;
  readonly #byName = new Map<string, string>();
  readonly #loggers = new Map<string, Set<WeakRef<Levelled>>>();
  #count = 0;

  /** `text`: `info`, or `info,db=debug,http=warn` as in `LOG_LEVEL`. */
  constructor(text: string | undefined, fallback = 'info') {
    this.#fallback = fallback;
    for (const item of (text ?? '').split(',').slice(0, maxNames)) {
      const [name = '', level] = item.split('=').map(part => part.trim());
      if (level === undefined) {
        if (name !== '') this.#fallback = name.toLowerCase();
      } else if (name !== '' && level !== '') this.#byName.set(name, level.toLowerCase());
    }
  }

  /** The level that a logger of this name has. */
  of(name: string): string {
    return this.#byName.get(name) ?? this.#fallback;
  }

  /** Whether a level was set for this name itself. */
  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** Lets `set` reach a logger. */
  add(name: string, logger: Levelled): void {
    let loggers = this.#loggers.get(name);
    if (loggers === undefined) {
      if (this.#loggers.size >= maxNames) return;
      loggers = new Set();
      this.#loggers.set(name, loggers);
    }
    if (++this.#count > maxLoggers) this.#sweep();
    if (this.#count <= maxLoggers) loggers.add(new WeakRef(logger));
  }

  /** Sets the level of one name from now on, or of all names that have none of their own. */
  set(name: string | undefined, level: string): void {
    if (name === undefined) this.#fallback = level;
    else if (this.#byName.has(name) || this.#byName.size < maxNames) this.#byName.set(name, level);
    for (const [known, loggers] of this.#loggers) {
      if (name === undefined ? this.#byName.has(known) : known !== name) continue;
      for (const reference of loggers) {
        const logger = reference.deref();
        if (logger !== undefined) logger.level = level;
      }
    }
  }

  /** What each known name has now. */
  all(): Readonly<Record<string, string>> {
    const names = new Set([...this.#loggers.keys(), ...this.#byName.keys()]);
    return Object.fromEntries([...names].map(name => [name, this.of(name)]));
  }

  #sweep(): void {
    this.#count = 1;
    for (const loggers of this.#loggers.values()) {
      for (const reference of loggers) {
        if (reference.deref() === undefined) loggers.delete(reference);
        else this.#count++;
      }
    }
  }
}
