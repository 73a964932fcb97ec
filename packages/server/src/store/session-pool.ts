import type { Session } from 'chdb';

/** A session runs one statement at a time; who finds none free waits in line. */
export class SessionPool {
  readonly #free: Session[];
  readonly #waiting: ((session: Session) => void)[] = [];
  readonly #maxWaiting: number;

  /** Past `maxWaiting` in line a lease is refused at once: the caller answers "busy" instead of piling up. */
  constructor(
    readonly sessions: readonly Session[],
    maxWaiting: number,
  ) {
    this.#free = [...sessions];
    this.#maxWaiting = maxWaiting;
  }

  /** Runs `work` with a session of its own. Waiting in line ends with `signal`; work that has begun is not interrupted by it. */
  async lease<T>(work: (session: Session) => Promise<T>, signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const session = this.#free.pop() ?? (await this.#wait(signal));
    try {
      return await work(session);
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free.push(session);
      else next(session);
    }
  }

  #wait(signal: AbortSignal | undefined): Promise<Session> {
    if (this.#waiting.length >= this.#maxWaiting)
      return Promise.reject(new EngineBusy(`${this.#waiting.length} queries wait already; try again in a moment`));
    return new Promise((resolve, reject) => {
      const take = (session: Session): void => {
        signal?.removeEventListener('abort', leave);
        resolve(session);
      };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(take), 1);
        // An abort's reason is what `fetch` and timers reject with too; it is an Error unless the caller chose otherwise.
        reject(signal?.reason as Error);
      };
      this.#waiting.push(take);
      signal?.addEventListener('abort', leave, { once: true });
    });
  }
}

/** Too many queries wait in line. */
export class EngineBusy extends Error {
  override readonly name = 'EngineBusy';
}
