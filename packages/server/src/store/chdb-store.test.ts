import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openChdbStore, type ChdbStore } from './chdb-store.js';
import { EngineError } from './engine-error.js';
import { migrate } from './migrate.js';
import { blockInserter } from './quarantine.js';
import { QueryTooSlow, scopeOf } from './store.js';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));
const scope = scopeOf('w');
let dataDir: string;
let store: ChdbStore;

beforeAll(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'bellwether-store-'));
  await mkdir(join(dataDir, 'blocks'));
  store = await openChdbStore({ dataDir });
  await migrate(store, migrations, '0.1.0');
});

afterAll(async () => {
  await store.close();
  await rm(dataDir, { recursive: true });
});

/** A `Native` file in blocks/ with what `select` gives. */
async function block(name: string, select: string): Promise<string> {
  const path = join(dataDir, 'blocks', `${name}.native`);
  await store.command(
    `INSERT INTO FUNCTION file('${path}', Native) ${select} SETTINGS engine_file_truncate_on_insert = 1`,
  );
  return path;
}

const count = async (where: string): Promise<number> => {
  const { rows } = await store.query<{ n: string }>(
    `SELECT count() AS n FROM logs WHERE workspace = {workspace:String} AND ${where}`,
    { scope },
  );
  return Number(rows[0]?.n);
};

test('a block is stored once for ever, however often it is sent, over many days', async () => {
  const path = await block(
    'days',
    "SELECT 'w' AS workspace, 'days' AS service, toDateTime64('2025-01-01 00:00:00', 9, 'UTC') + INTERVAL number DAY AS ts, number AS id, today() AS received FROM numbers(105)",
  );
  await store.insert('logs', path, 'token-1');
  await store.insert('logs', path, 'token-1');
  expect(await count("service = 'days'")).toBe(105);
  await store.insert('logs', path, 'token-2');
  expect(await count("service = 'days'")).toBe(210);
}, 60_000);

test('text that looks like SQL after a blank line is only text', async () => {
  const path = await block(
    'hostile',
    "SELECT 'w' AS workspace, 'hostile' AS service, 'x\\n\\nDROP TABLE spans;\\n\\nDROP TABLE logs' AS body, map('k\\n\\nDROP TABLE spans', 'v') AS attrs, now64(9) AS ts, today() AS received",
  );
  await store.insert('logs', path, 'hostile');
  const found = await store.query<{ body: string }>(
    'SELECT body FROM logs WHERE workspace = {workspace:String} AND body = {body:String}',
    { scope, params: { body: 'x\n\nDROP TABLE spans;\n\nDROP TABLE logs' } },
  );
  expect(found.rows).toEqual([{ body: 'x\n\nDROP TABLE spans;\n\nDROP TABLE logs' }]);
  expect(await store.rows('EXISTS TABLE spans')).toEqual([{ result: 1 }]);
});

test('any text, list of texts and whole number comes back from a parameter as it went in', async () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.constantFrom("'", '\\', '\n', '\t', '\0', '{', '}', ';', ' ', 'é', '\u0085', 'n') }),
  );
  await fc.assert(
    fc.asyncProperty(
      text,
      fc.array(text),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      async (one, many, whole) => {
        const { rows } = await store.query(
          'SELECT {one:String} AS one, {many:Array(String)} AS many, {whole:Int64} AS whole, {wholes:Array(Int64)} AS wholes, {workspace:String} AS workspace',
          { scope, params: { one, many, whole, wholes: [whole, 1] } },
        );
        expect(rows).toEqual([{ one, many, whole: `${whole}`, wholes: [`${whole}`, '1'], workspace: 'w' }]);
      },
    ),
    { numRuns: 100 },
  );
});

test('queries side by side keep their own parameters', async () => {
  const answers = await Promise.all(
    Array.from({ length: 60 }, (_, n) =>
      store.query<{ n: string }>(
        'SELECT {n:String} AS n, sleep(0.005) FROM numbers(1) WHERE {workspace:String} = {workspace:String}',
        {
          scope,
          params: { n: `${n}` },
        },
      ),
    ),
  );
  expect(answers.map(answer => answer.rows[0]?.n)).toEqual(Array.from({ length: 60 }, (_, n) => `${n}`));
});

test('a query that does not name its workspace is refused, and so is one with a missing parameter', async () => {
  await expect(store.query("SELECT 1, '{workspace:String}'", { scope })).rejects.toThrow(
    'every query must name its workspace',
  );
  await expect(store.query('SELECT {workspace:String}, {x:String}', { scope })).rejects.toThrow(
    'the query needs the parameter {x}',
  );
});

test('a query can not write', async () => {
  await expect(store.query('SELECT {workspace:String}; DROP TABLE spans', { scope })).rejects.toThrow('readonly');
  expect(await store.rows('EXISTS TABLE spans')).toEqual([{ result: 1 }]);
});

const endless = 'SELECT max(sipHash64(number)) FROM numbers(100000000000) WHERE {workspace:String} != {x:String}';

test('a query beyond its time says what to narrow', async () => {
  const slow = store.query(endless, { scope, params: { x: '' }, maxSeconds: 0.2 });
  await expect(slow).rejects.toBeInstanceOf(QueryTooSlow);
  await expect(slow).rejects.toThrow('longer than 0.2 s; ask for a shorter time range');
});

test('a query beyond its memory says what to narrow', async () => {
  const big = store.query(
    'SELECT groupArray(number) FROM numbers(100000000) WHERE {workspace:String} = {workspace:String}',
    {
      scope,
      maxMemoryBytes: 10_000_000,
    },
  );
  await expect(big).rejects.toThrow('needs more than 10 MiB of memory');
});

test('an abort ends the work in the engine, and the next query has a session', async () => {
  const abort = new AbortController();
  const running = Array.from({ length: 5 }, () =>
    store.query(endless, { scope, params: { x: '' }, signal: abort.signal, maxSeconds: 60 }),
  );
  const settled = Promise.allSettled(running);
  await new Promise(resolve => setTimeout(resolve, 100));
  abort.abort();
  expect((await settled).map(result => result.status === 'rejected' && String(result.reason.name))).toEqual(
    Array.from({ length: 5 }, () => 'AbortError'),
  );
  expect(
    await store.rows(
      "SELECT count() AS n FROM system.processes WHERE query LIKE '%sipHash64(number)%numbers(100000000000)%' AND is_cancelled = 0 AND query NOT LIKE '%system.processes%'",
    ),
  ).toEqual([{ n: '0' }]);
});

test('only tables of ours and files in blocks/ can be inserted', async () => {
  await expect(store.insert('migrations', join(dataDir, 'blocks', 'x.native'), 't')).rejects.toThrow(
    'unknown table "migrations"; known: error_line_hours, ',
  );
  await expect(store.insert('logs', '/etc/passwd', 't')).rejects.toThrow('a block must lie in');
  await expect(store.insert('logs', join(dataDir, 'blocks', '..', 'x.native'), 't')).rejects.toThrow(
    'a block must lie in',
  );
});

test('rows that the engine refuses are set aside, privately; the others of their block are stored once', async () => {
  await store.command("ALTER TABLE logs ADD CONSTRAINT no_poison CHECK body != 'poison'");
  const select =
    "SELECT 'w' AS workspace, 'bitter' AS service, if(number IN (3, 700), 'poison', 'fine') AS body, number AS id, now64(9) AS ts, today() AS received FROM numbers(1000)";
  const file = { table: 'logs', path: await block('bitter', select), rows: 1000, bytes: 0 };
  const quarantine = join(dataDir, 'blocks', 'quarantine');
  const insert = blockInserter(store, quarantine);
  const refused = [
    [3, 1],
    [700, 1],
  ];
  expect(await insert(file, 'bitter')).toEqual(refused);
  expect(await insert(file, 'bitter')).toEqual(refused);
  await store.command('ALTER TABLE logs DROP CONSTRAINT no_poison');
  expect(await count("service = 'bitter'")).toBe(998);
  const aside = join(quarantine, 'bitter-3-1.logs.native');
  expect((await stat(aside)).mode & 0o777).toBe(0o600);
  expect(await store.rows(`SELECT id, body FROM file('${aside}', Native)`)).toEqual([{ id: '3', body: 'poison' }]);
});

/** Five rows, of which the third is bad. */
const fiveRows = (from: number): string =>
  `SELECT 'w' AS workspace, concat('joined', toString(number % 2)) AS version, 'joined' AS service, if(number = ${from + 2}, 'poison', 'fine') AS body, number AS id, now64(9) AS ts, today() AS received FROM numbers(${from}, 5)`;

test('a file of several Native blocks is inserted whole, once, and its rows are numbered on from block to block', async () => {
  await store.command("ALTER TABLE logs ADD CONSTRAINT no_poison CHECK body != 'poison'");
  const parts = [await block('joined-a', fiveRows(0)), await block('joined-b', fiveRows(100))];
  const path = join(dataDir, 'blocks', 'joined.native');
  await writeFile(path, Buffer.concat(await Promise.all(parts.map(part => readFile(part)))));
  const insert = blockInserter(store, join(dataDir, 'blocks', 'quarantine'));
  expect(await insert({ table: 'logs', path, rows: 10, bytes: 0 }, 'joined')).toEqual([
    [2, 1],
    [7, 1],
  ]);
  await store.command('ALTER TABLE logs DROP CONSTRAINT no_poison');
  expect(await count("service = 'joined'")).toBe(8);
});

test('a block that is no Native file is set aside whole', async () => {
  const path = join(dataDir, 'blocks', 'broken.native');
  await writeFile(path, Buffer.from('0203ff'.repeat(40), 'hex'));
  const quarantine = join(dataDir, 'blocks', 'quarantine');
  const insert = blockInserter(store, quarantine);
  expect(await insert({ table: 'logs', path, rows: 7, bytes: 0 }, 'broken')).toEqual([[0, 7]]);
  expect(existsSync(join(quarantine, 'broken.logs.native'))).toBe(true);
});

test('a block whose file is not there is to be tried again, however often, and not set aside', async () => {
  const insert = blockInserter(store, join(dataDir, 'q'));
  const file = { table: 'logs', path: join(dataDir, 'blocks', 'absent.native'), rows: 7, bytes: 0 };
  for (let attempt = 0; attempt < 25; attempt++)
    await expect(insert(file, 'absent')).rejects.toThrow('the engine refused');
  expect(existsSync(join(dataDir, 'q'))).toBe(false);
});

test('a refusal that nobody understands blames the rows only when it stays', async () => {
  const select =
    "SELECT 'w' AS workspace, 'odd' AS service, number AS id, now64(9) AS ts, today() AS received FROM numbers(4)";
  const file = { table: 'logs', path: await block('odd', select), rows: 4, bytes: 0 };
  const refusal = new EngineError('odd', 49, 'LOGICAL_ERROR');
  const odd: ChdbStore = {
    ...store,
    insert: () => Promise.reject(refusal),
    insertRows: (table, path, token, range) =>
      range.offset <= 2 && range.offset + range.count > 2
        ? Promise.reject(refusal)
        : store.insertRows(table, path, token, range),
  };
  const insert = blockInserter(odd, join(dataDir, 'blocks', 'quarantine'));
  for (let attempt = 0; attempt < 20; attempt++) await expect(insert(file, 'odd')).rejects.toThrow('odd');
  expect(await insert(file, 'odd')).toEqual([[2, 1]]);
  expect(await count("service = 'odd'")).toBe(3);
});
