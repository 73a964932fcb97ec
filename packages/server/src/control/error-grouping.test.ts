import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { openControlStore } from './control-store.js';
import { groupingOf, mergeError, wholeOf } from './error-grouping.js';

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
  expect(mergeError(control, 'long', id(4000), id(0))).toBe(false);
  expect(mergeError(control, 'other', id(4000), id(0))).toBe(true);
});

test('should a circle be stored all the same, errors are still told', () => {
  const put = control.db.prepare('INSERT INTO error_merges (workspace, part, whole) VALUES (?, ?, ?)');
  for (const n of [0, 1, 2]) put.run('circle', id(n), id((n + 1) % 3));
  expect(groupingOf(control, 'circle').wholes.size).toBe(3);
});
