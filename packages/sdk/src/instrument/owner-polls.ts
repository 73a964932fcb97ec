import { quietly } from './quiet-scope.js';

/** What is asked about at once; further ones are left out. */
const maxWatched = 200;
const firstAfterMs = 1000;

interface Watched {
  readonly owner: WeakRef<object>;
  ask(owner: object): Promise<void>;
  asking: boolean;
}

/** Asks servers about themselves at an interval, through clients and workers of the application, which are held weakly. Asking is no trace, and keeps no process alive. */
export class OwnerPolls {
  readonly #everyMs: number;
  readonly #watched = new Map<string, Watched>();
  #timer: NodeJS.Timeout | undefined;

  constructor(everyMs: number) {
    this.#everyMs = everyMs;
  }

  /** What `key` names is asked about through `owner`, unless another owner that is alive does so already. `ask` must not hold on to the owner. */
  watch<Figures>(
    key: string,
    owner: object,
    ask: (owner: object) => Promise<Figures | undefined>,
    tell: (figures: Figures) => void,
  ): void {
    const known = this.#watched.get(key);
    if (known?.owner.deref() !== undefined || this.#watched.size >= maxWatched) return;
    this.#watched.set(key, {
      owner: new WeakRef(owner),
      async ask(alive) {
        const figures = await quietly(() => ask(alive));
        if (figures !== undefined) tell(figures);
      },
      asking: false,
    });
    if (this.#timer !== undefined) return;
    setTimeout(() => this.#askAll(), firstAfterMs).unref();
    this.#timer = setInterval(() => this.#askAll(), this.#everyMs);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#watched.clear();
  }

  #askAll(): void {
    for (const [key, watched] of this.#watched) {
      const owner = watched.owner.deref();
      if (owner === undefined) this.#watched.delete(key);
      else if (!watched.asking) void this.#ask(watched, owner);
    }
  }

  async #ask(watched: Watched, owner: object): Promise<void> {
    watched.asking = true;
    try {
      await watched.ask(owner);
    } catch {
      // The server is away or does not let us: its clients tell of that themselves.
    } finally {
      watched.asking = false;
    }
  }
}
