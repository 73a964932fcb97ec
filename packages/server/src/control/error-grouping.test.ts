import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openControlStore } from './control-store.js';
import { groupingOf, mergeErrors, wholeOf } from './error-grouping.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-grouping-'));
const control = openControlStore(
  join(folder, 'control.db'),
  fileURLToPath(new URL('../../control-migrations', import.meta.url)),
  '0.1.0',
);
afterAll(() => {
  control.close();
  rmSync(folder, { recursive: true });
});

const id = (n: number): string => n.toString(16).padStart(16, '0');

test('a chain of merges ends at its last error from wherever it is entered, in its own workspace, and can not become a circle', () => {
  const put = control.db.prepare('INSERT INTO error_merges (workspace, part, whole) VALUES (?, ?, ?)');
  control.db.transaction(() => {
    // Odd ones first, so that the chain is entered in its middle.
    for (const start of [1, 0]) for (let n = start; n < 4000; n += 2) put.run('long', id(n), id(n + 1));
  })();
  const grouping = groupingOf(control, 'long');
  expect(new Set([0, 1, 1999, 2000, 3999, 4000].map(n => wholeOf(grouping, id(n))))).toEqual(new Set([id(4000)]));
  expect(wholeOf(groupingOf(control, 'other'), id(0))).toBe(id(0));
  expect(mergeErrors(control, 'long', [id(4000)], id(0))).toBe(id(4000));
  expect(mergeErrors(control, 'other', [id(4000)], id(0))).toBe(undefined);
});

test('should a circle be stored all the same, errors are still told', () => {
  const put = control.db.prepare('INSERT INTO error_merges (workspace, part, whole) VALUES (?, ?, ?)');
  for (const n of [0, 1, 2]) put.run('circle', id(n), id((n + 1) % 3));
  expect(groupingOf(control, 'circle').wholes.size).toBe(3);
});

test('hundreds of errors are merged with one look at what is merged already, and no more than there is room for', () => {
  const parts = Array.from({ length: 500 }, (_, n) => id(n));
  const asked: string[] = [];
  const prepare = control.db.prepare.bind(control.db);
  const counting = {
    ...control,
    db: Object.assign(Object.create(control.db), {
      prepare: (sql: string) => {
        asked.push(sql.slice(0, 6));
        return prepare(sql);
      },
    }),
  };
  const merge = control.db.transaction(() => mergeErrors(counting, 'many', parts, id(9999)));
  expect(merge()).toBe(undefined);
  expect(asked).toEqual(['SELECT', 'INSERT']);
  expect(groupingOf(control, 'many').wholes.size).toBe(500);
  const more = Array.from({ length: 4501 }, (_, n) => id(10_000 + n));
  expect(mergeErrors(control, 'many', more, id(9999))).toBe(id(14_500));
  expect(groupingOf(control, 'many').wholes.size).toBe(500);
});
