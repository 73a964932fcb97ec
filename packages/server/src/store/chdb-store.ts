import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { join, resolve, sep } from 'node:path';
import { Session, drainPending } from 'chdb';
import { engineConfig, engineLimits, type EngineLimits } from './engine-config.js';
import { engineError, queryError } from './engine-error.js';
import { SessionPool } from './session-pool.js';
import { bindings, literal, placeholders } from './sql-text.js';
import { type QueryOptions, QueryTooSlow, type Store } from './store.js';

export interface ChdbStoreOptions {
  /** Holds `clickhouse/` (the engine's files), `blocks/` (what may be inserted) and the engine's configuration file. */
  readonly dataDir: string;
  readonly limits?: EngineLimits;
  /** Defaults of every query that names none. */
  readonly query?: { readonly maxSeconds: number; readonly maxMemoryBytes: number };
}

/** Rows `offset` to `offset + count` of a block's file. */
export interface RowRange {
  readonly offset: number;
  readonly count: number;
}

/** Samples of one metric in one file, within an hour. */
export interface TouchedHour {
  readonly workspace: string;
  readonly metric: string;
  readonly fromMs: number;
  readonly toMs: number;
}

/** The embedded engine: `Store`, and what only the owner of the data directory needs. */
export interface ChdbStore extends Store {
  /** Rows of our own tables, without a scope: migrations, upkeep, tests. */
  rows<Row>(sql: string): Promise<readonly Row[]>;
  /** As `insert`, of some rows of the file. */
  insertRows(table: string, nativePath: string, token: string, range: RowRange): Promise<void>;
  /** How many rows of the file can be read from begin to end. */
  countRows(table: string, nativePath: string): Promise<number>;
  /** Which metrics a file of samples has, by hour, with the first and the last time; at most `limit` of them. */
  touchedMetrics(table: string, nativePath: string, limit: number): Promise<readonly TouchedHour[]>;
  /** Whose rows a file has; at most `limit` of them. */
  workspacesOf(table: string, nativePath: string, limit: number): Promise<readonly string[]>;
  /** Copies some rows of a block's file to a `Native` file of their own, readable by the owner only. */
  copyRows(table: string, nativePath: string, range: RowRange, target: string): Promise<void>;
  /** Must follow every change of the tables: inserts name their columns. */
  reloadColumns(): Promise<void>;
}

const readers = 3;
/** One more for a workspace of which nothing is under way while others hold the readers. */
const spareReaders = 1;
const maxWaitingQueries = 200;
const defaultQuery = { maxSeconds: 10, maxMemoryBytes: 1024 ** 3 };
const insertMaxSeconds = 120;
const maxResultBytes = 268_435_456;

/**
 * One insert is one deduplicated part per partition, whatever the file holds: no second thread, no split by size, no limit on days. What views make of it is
 * deduplicated too: a block that is inserted again after a crash brings what its view lacks.
 */
const insertSettings =
  'deduplicate_blocks_in_dependent_materialized_views = 1, max_partitions_per_insert_block = 0, min_insert_block_size_rows = 10000000, min_insert_block_size_bytes = 0, max_threads = 1, max_insert_threads = 1';

/**
 * Opens the engine on `<dataDir>/clickhouse`. One process can open one data directory; opening blocks the event loop for about 150 ms.
 *
 * Sessions of one directory share the engine. Four answer queries and can not write (`readonly`), one inserts, one runs commands, one stops queries.
 */
export async function openChdbStore(options: ChdbStoreOptions): Promise<ChdbStore> {
  const dataDir = resolve(options.dataDir);
  const blocksDir = join(dataDir, 'blocks');
  const configFile = join(dataDir, 'engine.xml');
  await mkdir(join(dataDir, 'clickhouse'), { recursive: true, mode: 0o700 });
  await writeFile(configFile, engineConfig(options.limits ?? engineLimits(totalmem())), { mode: 0o600 });
  const defaults = options.query ?? defaultQuery;

  const sessions: Session[] = [];
  const open = (): Session => {
    const session = new Session(join(dataDir, 'clickhouse'), { connectionArgs: [`--config-file=${configFile}`] });
    sessions.push(session);
    return session;
  };
  const inserting = new SessionPool([open()], maxWaitingQueries);
  const commanding = new SessionPool([open()], maxWaitingQueries);
  const stopping = new SessionPool([open()], maxWaitingQueries);
  const reading = new SessionPool(
    Array.from({ length: readers + spareReaders }, open),
    maxWaitingQueries,
    spareReaders,
  );
  await prepare(sessions, reading.sessions);

  let columns: ReadonlyMap<string, TableColumns> = new Map();
  let lastTag = 0;

  const command = (sql: string): Promise<void> => commanding.lease(session => run(session, sql).then(() => undefined));

  const rows = async <Row>(sql: string): Promise<readonly Row[]> =>
    commanding.lease(async session => parseRows<Row>((await run(session, sql)).text()));

  /** `FROM file(…)` of a block with the table's columns by name: a column the block lacks gets its default, so blocks of an older version fit. */
  const source = (table: string, path: string): { readonly names: string; readonly from: string } => {
    const known = columns.get(table);
    if (known === undefined) throw new Error(`unknown table "${table}"; known: ${[...columns.keys()].join(', ')}`);
    if (!resolve(path).startsWith(blocksDir + sep)) throw new Error(`a block must lie in ${blocksDir}, not at ${path}`);
    return { names: known.names, from: `file(${literal(resolve(path))}, Native, ${literal(known.structure)})` };
  };

  const insert = async (table: string, path: string, token: string, range?: RowRange): Promise<void> => {
    const { names, from } = source(table, path);
    const part = range === undefined ? '' : ` LIMIT ${range.count} OFFSET ${range.offset}`;
    const dedup = `insert_deduplication_token = ${literal(`${token}/${table}`)}`;
    await inserting.lease(session =>
      run(
        session,
        `INSERT INTO ${table} (${names}) SELECT ${names} FROM ${from}${part} SETTINGS ${dedup}, ${insertSettings}`,
      ),
    );
  };

  /** Stops the work behind `tag`, again until `done`: it may not have begun when the first attempt runs. */
  const stop = async (tag: string, done: () => boolean): Promise<void> => {
    while (!done()) {
      await stopping
        .lease(session => run(session, `KILL QUERY WHERE Settings['log_comment'] = ${literal(tag)} ASYNC`))
        .catch(() => undefined);
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  };

  /** Leases a session in which the parameters and limits of the query are set, and stops the query with the signal. */
  const answer = <T>(
    sql: string,
    { scope, params, signal, ...given }: QueryOptions,
    work: (session: Session, setUp: string) => Promise<T>,
  ): Promise<T> => {
    if (!placeholders(sql).has('workspace'))
      throw new Error('every query must name its workspace: use {workspace:String} in its WHERE');
    const limits = {
      maxSeconds: given.maxSeconds ?? defaults.maxSeconds,
      maxMemoryBytes: given.maxMemoryBytes ?? defaults.maxMemoryBytes,
    };
    const bound = bindings(sql, { ...params, workspace: scope.workspace });
    return reading.lease(
      async session => {
        const tag = `bellwether-${process.pid}-${++lastTag}`;
        const settings = [
          `max_execution_time = ${limits.maxSeconds}`,
          `max_memory_usage = ${limits.maxMemoryBytes}`,
          `log_comment = '${tag}'`,
          ...bound,
        ];
        let isDone = false;
        const onAbort = (): void => void stop(tag, () => isDone);
        signal?.addEventListener('abort', onAbort, { once: true });
        try {
          signal?.throwIfAborted();
          await withoutLeftovers(session);
          const result = await work(session, `SET ${settings.join(', ')};\n`);
          signal?.throwIfAborted();
          return result;
        } catch (thrown) {
          isDone = true;
          await failed(session);
          signal?.throwIfAborted();
          throw thrown instanceof QueryTooSlow ? thrown : queryError(thrown, limits);
        } finally {
          isDone = true;
          signal?.removeEventListener('abort', onAbort);
        }
      },
      scope.workspace,
      signal,
    );
  };

  const reloadColumns = async (): Promise<void> => {
    columns = tableColumns(
      await rows<ColumnRow>(
        "SELECT table, name, type FROM system.columns WHERE database = 'bellwether' AND table != 'migrations' AND default_kind != 'MATERIALIZED' ORDER BY table, position",
      ),
    );
  };
  await reloadColumns();

  return {
    query: async (sql, queryOptions) =>
      answer(sql, queryOptions, async (session, setUp) => {
        const startedMs = performance.now();
        const result = await session.queryAsync(setUp + sql, { format: 'JSONEachRow' });
        return {
          rows: parseRows(result.text()),
          rowsRead: result.rowsRead,
          bytesRead: result.bytesRead,
          elapsedMs: performance.now() - startedMs,
        };
      }),
    queryBytes: async (sql, queryOptions) =>
      answer(sql, queryOptions, async (session, setUp) => {
        const result = await session.queryAsync(setUp + sql, { format: 'JSONCompactEachRow' });
        return ownBytes(result.bytes());
      }),
    queryBlocks: async (sql, onBlock, queryOptions) =>
      answer(sql, queryOptions, async (session, setUp) => {
        await session.queryAsync(setUp.trimEnd(), { format: 'JSONEachRow' });
        let bytes = 0;
        for await (const chunk of session.queryStream(sql, { format: 'Native' })) {
          if (queryOptions.signal?.aborted === true) return;
          const block = ownBytes(chunk.raw());
          bytes += block.length;
          if (bytes > maxResultBytes)
            throw new QueryTooSlow(
              'the query reads more rows than it may; ask for a shorter time range or a narrower filter',
            );
          onBlock(block);
        }
      }),
    insert: (table, path, token) => insert(table, path, token),
    insertRows: insert,
    async countRows(table, path) {
      const { from } = source(table, path);
      const [counted] = await rows<{ n: string }>(`SELECT count() AS n FROM ${from} WHERE NOT ignore(*)`);
      return Number(counted?.n ?? 0);
    },
    async touchedMetrics(table, path, limit) {
      const { from } = source(table, path);
      const sql = `SELECT toString(workspace) AS workspace, toString(metric) AS metric, toFloat64(min(ms)) AS fromMs, toFloat64(max(ms)) AS toMs
FROM (SELECT workspace, metric, toUnixTimestamp64Milli(ts) AS ms FROM ${from})
GROUP BY workspace, metric, intDiv(ms, 3600000) LIMIT ${limit} SETTINGS max_threads = 1`;
      return inserting.lease(async session => parseRows<TouchedHour>((await run(session, sql)).text()));
    },
    async workspacesOf(table, path, limit) {
      const { from } = source(table, path);
      const sql = `SELECT DISTINCT toString(workspace) AS owner FROM ${from} LIMIT ${limit} SETTINGS max_threads = 1`;
      const found = await inserting.lease(async session =>
        parseRows<{ owner: string }>((await run(session, sql)).text()),
      );
      return found.map(({ owner }) => owner);
    },
    async copyRows(table, path, range, target) {
      const { names, from } = source(table, path);
      await command(
        `INSERT INTO FUNCTION file(${literal(target)}, Native) SELECT ${names} FROM ${from} LIMIT ${range.count} OFFSET ${range.offset}
        SETTINGS engine_file_truncate_on_insert = 1, max_threads = 1`,
      );
      await chmod(target, 0o600);
    },
    command,
    rows,
    reloadColumns,
    async close() {
      for (const session of sessions) session.close();
      await drainPending();
    },
  };
}

interface ColumnRow {
  readonly table: string;
  readonly name: string;
  readonly type: string;
}

interface TableColumns {
  readonly names: string;
  readonly structure: string;
}

function tableColumns(rows: readonly ColumnRow[]): ReadonlyMap<string, TableColumns> {
  const tables = new Map<string, TableColumns>();
  for (const { table, name, type } of rows) {
    const before = tables.get(table);
    tables.set(table, {
      names: before === undefined ? name : `${before.names}, ${name}`,
      structure: before === undefined ? `${name} ${type}` : `${before.structure}, ${name} ${type}`,
    });
  }
  return tables;
}

async function prepare(sessions: readonly Session[], readOnly: readonly Session[]): Promise<void> {
  for (const session of sessions) {
    await run(session, 'CREATE DATABASE IF NOT EXISTS bellwether');
    await run(session, 'USE bellwether');
    await run(
      session,
      `SET output_format_json_quote_64bit_integers = 1, output_format_json_quote_denormals = 0, max_query_size = 16777216,
      max_execution_time = ${insertMaxSeconds}, timeout_overflow_mode = 'throw', max_result_bytes = ${maxResultBytes}, result_overflow_mode = 'throw',
      log_queries = 0`,
    );
  }
  // 2: a read-only session may still set limits and parameters, but never this setting again.
  for (const session of readOnly) await run(session, 'SET readonly = 2');
}

async function run(session: Session, sql: string): Promise<{ text(): string }> {
  try {
    await withoutLeftovers(session);
    return await session.queryAsync(sql, { format: 'JSONEachRow' });
  } catch (thrown) {
    await failed(session);
    throw engineError(thrown);
  }
}

/** Sessions in which a statement failed and what it had written until then may still stand before the next one's rows. */
const unclean = new WeakSet<Session>();
const maxTries = 5;

/** Said after each statement that failed. Its rows must not come to whoever asks next. */
async function failed(session: Session): Promise<void> {
  unclean.add(session);
  // What can not be done now is tried again before the next statement, and fails that one.
  await withoutLeftovers(session).catch(() => undefined);
}

async function withoutLeftovers(session: Session): Promise<void> {
  for (let tries = 0; unclean.has(session); tries++) {
    if (tries === maxTries) throw new Error('the engine does not come back from a statement that failed');
    try {
      // Without the comment, by which the failed statement may still be looked for to be stopped.
      const result = await session.queryAsync("SET log_comment = '';\nSELECT 1", { format: 'TabSeparated' });
      if (result.bytes().length === 2) unclean.delete(session);
    } catch {
      // It may have been stopped in place of the one before.
    }
  }
}

/** The engine gives each result memory of its own; a small one may come in memory that Node shares out. */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const { buffer } = bytes;
  if (buffer instanceof ArrayBuffer && buffer.byteLength === bytes.byteLength) return new Uint8Array(buffer);
  return new Uint8Array(bytes);
}

function parseRows<Row>(text: string): readonly Row[] {
  if (text === '') return [];
  // What a row looks like is stated by the SQL beside the caller's type; the engine holds to it.
  return text
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line) as Row);
}
