import { gzipSync } from 'node:zlib';
import { afterEach, expect, test } from 'vitest';
import { type MapLimits, MapReader } from './map-reader.js';

const readers: MapReader[] = [];
afterEach(() => Promise.all(readers.splice(0).map(reader => reader.close())));

function reader(limits: Partial<MapLimits> = {}): MapReader {
  const made = new MapReader({ maxMs: 60_000, maxHeapMiB: 512, maxWaiting: 200, ...limits });
  readers.push(made);
  return made;
}

const map = (mappings: string): Buffer =>
  gzipSync(JSON.stringify({ version: 3, sources: ['a.ts'], names: [], mappings }));
const small = map('AAAA');
/** It unpacks to 20 MB of mappings. */
const huge = map('AAAA,'.repeat(4_000_000));
const here = [{ line: 1, column: 1 }];

test('huge maps of one workspace hold up its own others, and not those of another', async () => {
  const maps = reader();
  const done: string[] = [];
  const ask = (workspace: string, name: string, body: Buffer): Promise<unknown> =>
    maps.describe(workspace, body).then(() => done.push(name));
  const all = [1, 2, 3].map(n => ask('huge', `huge ${n}`, huge));
  for (let n = 1; n <= 3; n++) await ask('small', `small ${n}`, small);
  expect(done).not.toContain('huge 3');
  await ask('huge', 'after them', small);
  await Promise.all(all);
  expect(done.filter(name => !name.startsWith('small'))).toEqual(['huge 1', 'huge 2', 'huge 3', 'after them']);
}, 60_000);

test('a map that takes too long, or too much memory, is given up alone: what waits behind it is read', async () => {
  const slow = reader({ maxMs: 1 });
  await expect(slow.describe('w', huge)).rejects.toThrow('it takes too long');
  const tight = reader({ maxHeapMiB: 16 });
  // Its text is one of 24 MB, and a million names are objects.
  const names = Array.from({ length: 1_000_000 }, (_, n) => `name${n}`);
  const large = gzipSync(JSON.stringify({ version: 3, sources: ['a.ts'], names, mappings: 'AAAA' }));
  const first = tight.describe('w', large);
  const next = tight.places('w', small, here);
  await expect(first).rejects.toThrow('it takes too much memory');
  expect((await next)[0]).toMatchObject({ file: 'a.ts', line: 1 });
}, 60_000);

test('a workspace with too many maps in line is refused, and another is not', async () => {
  const maps = reader({ maxWaiting: 1 });
  const read = [maps.places('w', huge, here), maps.places('w', small, here)];
  await expect(maps.places('w', small, here)).rejects.toThrow('too many maps are being read');
  expect((await maps.places('v', small, here))[0]).toMatchObject({ file: 'a.ts' });
  await Promise.all(read);
});

test('what waits when the server stops is told so', async () => {
  const maps = reader();
  const both = [maps.places('w', huge, here), maps.places('w', small, here)];
  const ended = Promise.allSettled(both);
  await maps.close();
  expect((await ended).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
});
