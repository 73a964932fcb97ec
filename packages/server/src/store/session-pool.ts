import type { Session } from 'chdb';
import { fairNext } from '../base/fair-next.js';

interface Waiting {
  readonly owner: string;
  readonly take: (session: Session) => void;
}

/**
 * A session runs one statement at a time; who finds none free waits in line.
 *
 * Owners take turns: of those that wait, the one with the least under way is next. `spare` sessions are only for owners of whom nothing is under way, so
 * that who holds all the others with slow statements holds up nobody else.
 */
export class SessionPool {
  readonly #free: Session[];
  readonly #waiting: Waiting[] = [];
  readonly #underWay: string[] = [];
  readonly #maxWaiting: number;
  readonly #shared: number;

  /** Past `maxWaiting` in line of one owner, or four times as many of all, a lease is refused at once: the caller answers "busy" instead of piling up. */
  constructor(
    readonly sessions: readonly Session[],
    maxWaiting: number,
    spare = 0,
  ) {
    this.#free = [...sessions];
    this.#maxWaiting = maxWaiting;
    this.#shared = sessions.length - spare;
  }

  /** Runs `work` with a session of its own. Waiting in line ends with `signal`; work that has begun is not interrupted by it. */
  async lease<T>(work: (session: Session) => Promise<T>, owner = '', signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted();
    const session = await this.#taken(owner, signal);
    try {
      return await work(session);
    } finally {
      this.#underWay.splice(this.#underWay.indexOf(owner), 1);
      this.#free.push(session);
      this.#next();
    }
  }

  #taken(owner: string, signal: AbortSignal | undefined): Promise<Session> {
    const own = this.#waiting.filter(one => one.owner === owner).length;
    if (own >= this.#maxWaiting || this.#waiting.length >= 4 * this.#maxWaiting)
      return Promise.reject(new EngineBusy(`${own} queries wait already; try again in a moment`));
    return new Promise((resolve, reject) => {
      const take = (session: Session): void => {
        signal?.removeEventListener('abort', leave);
        resolve(session);
      };
      const waiting = { owner, take };
      const leave = (): void => {
        this.#waiting.splice(this.#waiting.indexOf(waiting), 1);
        // An abort's reason is what `fetch` and timers reject with too; it is an Error unless the caller chose otherwise.
        reject(signal?.reason as Error);
      };
      this.#waiting.push(waiting);
      signal?.addEventListener('abort', leave, { once: true });
      this.#next();
    });
  }

  #next(): void {
    for (;;) {
      const at = fairNext(
        this.#waiting.map(({ owner }) => owner),
        this.#underWay,
      );
      const next = this.#waiting[at];
      if (next === undefined || !this.#mayBegin(next.owner)) return;
      const session = this.#free.pop();
      if (session === undefined) return;
      this.#waiting.splice(at, 1);
      this.#underWay.push(next.owner);
      next.take(session);
    }
  }

  #mayBegin(owner: string): boolean {
    return this.#underWay.length < this.#shared || !this.#underWay.includes(owner);
  }
}

/** Too many queries wait in line. */
export class EngineBusy extends Error {
  override readonly name = 'EngineBusy';
}
