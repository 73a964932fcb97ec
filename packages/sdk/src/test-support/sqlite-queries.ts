import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished } from 'vitest';
import { allText, askedBy, spansUnder } from './database-spans.js';
import type { MatrixCase, MatrixRun } from './matrix.js';

/** The routes that the applications of SQLite's libraries both have, and what is seen of each: `[path, span, text, rows or error]`. */
const shared: readonly (readonly [path: string, summary: string, text: string, rows: unknown])[] = [
  ['/exec', 'INSERT users', 'INSERT INTO users (mail) VALUES (?)', undefined],
  ['/run', 'INSERT users', 'INSERT INTO users (mail) VALUES (?)', 1],
  ['/get', 'SELECT users', 'SELECT mail FROM users WHERE id = ?', 1],
  ['/all', 'SELECT users', 'SELECT id FROM users WHERE mail <> ?', 4],
  ['/iterate', 'SELECT users', 'SELECT id, mail FROM users', 4],
  ['/left', 'SELECT users', 'SELECT id FROM users ORDER BY id', 1],
];

/** Runs the application of a SQLite library and checks what both must have been seen of; returns the spans of `paths` beside. */
export async function sqliteQueries(
  one: MatrixCase,
  { start, sink }: MatrixRun,
  errorType: string,
  paths: readonly string[] = [],
): Promise<readonly (readonly string[])[]> {
  const folder = mkdtempSync(join(tmpdir(), 'bellwether-sqlite-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const app = await start({
    DATABASE_FILE: join(folder, 'shop.sqlite'),
    BELLWETHER_SLOW_QUERY_MS: '10000,shop.sqlite=50',
  });
  const all = [...shared.map(([path]) => path), '/error', '/nowhere', ...paths, '/loop', '/slow'];
  for (const path of all) expect([path, (await app.get(path)).status]).toEqual([path, 200]);
  await app.stop();
  expect(allText(sink)).not.toMatch(/secret-/);
  const seen = shared.map(([path]) => {
    const [first] = spansUnder(sink, path);
    const { 'db.query.text': text, 'db.response.returned_rows': rows } = first?.attributes ?? {};
    return [path, first?.name, text, rows];
  });
  expect(seen).toEqual(shared);
  const [failed] = spansUnder(sink, '/error');
  expect(failed?.attributes).toMatchObject({
    'db.system.name': 'sqlite',
    'db.namespace': 'shop.sqlite',
    'db.operation.name': 'INSERT',
    'db.collection.name': 'users',
    'error.type': errorType,
  });
  // A text that cannot be prepared was never a query.
  expect(spansUnder(sink, '/nowhere')).toEqual([]);
  const loop = spansUnder(sink, '/loop');
  expect(loop).toHaveLength(6);
  expect(loop.some(span => span.attributes['code.line.number'] !== undefined)).toBe(true);
  const slow = sink.logs.find(
    log => log.eventName === 'db.slow_query' && String(log.attributes['db.query.text']).includes('RECURSIVE'),
  );
  expect(slow?.attributes).toMatchObject({ threshold_ms: 50, ...askedBy(one, '/slow') });
  return paths.map(path => spansUnder(sink, path).map(({ name }) => name));
}
