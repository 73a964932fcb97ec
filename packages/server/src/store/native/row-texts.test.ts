import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openChdbStore } from '../chdb-store.js';
import { lowCardinality, string } from './column.js';
import { stringValues, textValues } from './row-texts.js';
import { table } from './table.js';

test('texts of rows are read by the engine as they were given, however long, often and strange they are', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellwether-texts-'));
  const store = await openChdbStore({ dataDir });
  const rows = ['', 'a', "it's\n\nDROP TABLE t;", 'ä€😀', 'a', 'x'.repeat(300), ''];
  const chunks = table('t', { word: lowCardinality, whole: string }).encode(rows.length, {
    word: textValues(rows),
    whole: stringValues(rows),
  });
  const path = join(dataDir, 'texts.native');
  await writeFile(path, Buffer.concat(chunks));
  expect(await store.rows(`SELECT toString(word) AS word, whole FROM file('${path}', Native)`)).toEqual(
    rows.map(text => ({ word: text, whole: text })),
  );
  await store.close();
  await rm(dataDir, { recursive: true });
});
