import type { Redis } from 'ioredis';
import type pg from 'pg';

export interface Score {
  readonly player: string;
  readonly points: number;
}

const keptS = 60;

/** Scores of players by season, from a cache when they are in it. */
export class Scores {
  readonly #pool: pg.Pool;
  readonly #cache: Redis;

  constructor(pool: pg.Pool, cache: Redis) {
    this.#pool = pool;
    this.#cache = cache;
  }

  async prepare(): Promise<void> {
    await this.#pool.query('CREATE TABLE seasons (id integer PRIMARY KEY)');
    await this.#pool.query(
      'CREATE TABLE scores (season integer NOT NULL, player text NOT NULL, points integer NOT NULL)',
    );
    await this.#pool.query('INSERT INTO seasons SELECT generate_series(1, 3)');
    await this.#pool.query(
      `INSERT INTO scores SELECT 1 + n % 3, 'player ' || n, n * 10 FROM generate_series(1, 60) AS n`,
    );
    await this.#pool.query('ANALYZE');
  }

  /** The cache may be away: then the database answers. */
  async top(season: number): Promise<readonly Score[]> {
    const key = `leaderboard:${season}:top`;
    const kept = await this.#cache.get(key).catch(() => null);
    // We wrote it.
    if (kept !== null) return JSON.parse(kept) as Score[];
    const { rows } = await this.#pool.query<Score>(
      'SELECT player, points FROM scores WHERE season = $1 ORDER BY points DESC LIMIT 10',
      [season],
    );
    await this.#cache.set(key, JSON.stringify(rows), 'EX', keptS).catch(() => null);
    return rows;
  }
}
