/** About how many documents (or rows) each collection (or table) has, by name. */
export type CollectionCounts = Readonly<Record<string, number>>;

export type CountCollections = () => Promise<CollectionCounts>;

const maxCollections = 500;

/** The part of a database of `mongodb` that we touch. */
interface MongoDatabase {
  listCollections(): { toArray(): Promise<readonly { readonly name: string; readonly type?: string }[]> };
  collection(name: string): { estimatedDocumentCount(): Promise<number> };
}

/** Counts by what MongoDB keeps of each collection; nothing is scanned. */
export function mongoCollections(database: MongoDatabase): CountCollections {
  return async () => {
    const counts: [string, number][] = [];
    const collections = await database.listCollections().toArray();
    for (const { name, type } of collections.slice(0, maxCollections)) {
      if (type === 'view' || name.startsWith('system.')) continue;
      counts.push([name, await database.collection(name).estimatedDocumentCount()]);
    }
    return Object.fromEntries(counts);
  };
}

/** The part of a pool or client of `pg` that we touch. */
interface Queryable {
  query(text: string): Promise<{ readonly rows: readonly unknown[] }>;
}

/** What PostgreSQL's planner believes, which autovacuum keeps up to date; of a table that was never analyzed, what was counted as it was written. Nothing is scanned. */
export function postgresTables(pool: Queryable): CountCollections {
  return async () => {
    const { rows } = await pool.query(
      `SELECT s.schemaname || '.' || s.relname AS name, CASE WHEN c.reltuples < 0 THEN s.n_live_tup ELSE c.reltuples END::float8 AS rows
FROM pg_stat_user_tables s JOIN pg_class c ON c.oid = s.relid
ORDER BY 2 DESC LIMIT ${maxCollections}`,
    );
    // The columns that the statement names.
    return Object.fromEntries((rows as readonly { name: string; rows: number }[]).map(row => [row.name, row.rows]));
  };
}

const keptMs = 60_000;
const timeoutMs = 5000;

/** What was counted, and when. */
export interface CountedCollections {
  readonly collections: readonly { readonly name: string; readonly documents: number }[];
  readonly totalDocuments: number;
  readonly countedAt: string;
}

/** Counts at most once a minute, whoever asks; of a count that fails or takes too long the reason is told without what it says, since that may name hosts. */
export function countedOnce(
  count: CountCollections,
): () => Promise<CountedCollections | { readonly status: 'failed'; readonly error: string }> {
  let last: { readonly atMs: number; readonly answer: ReturnType<ReturnType<typeof countedOnce>> } | undefined;
  const ask = async (): Promise<CountedCollections | { readonly status: 'failed'; readonly error: string }> => {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>(resolve => {
      timer = setTimeout(resolve, timeoutMs, undefined);
      timer.unref();
    });
    try {
      const counts = await Promise.race([count(), late]);
      if (counts === undefined) return { status: 'failed', error: `no answer within ${timeoutMs} ms` };
      const collections = Object.entries(counts).map(([name, documents]) => ({ name, documents }));
      return {
        collections: collections.toSorted((a, b) => b.documents - a.documents),
        totalDocuments: collections.reduce((sum, { documents }) => sum + documents, 0),
        countedAt: new Date().toISOString(),
      };
    } catch (error) {
      return { status: 'failed', error: error instanceof Error ? error.name : typeof error };
    } finally {
      clearTimeout(timer);
    }
  };
  return () => {
    const nowMs = performance.now();
    if (last === undefined || nowMs - last.atMs > keptMs) last = { atMs: nowMs, answer: ask() };
    return last.answer;
  };
}
