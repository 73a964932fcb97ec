import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { SourceReader } from './source-reader.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-sources-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  return path;
}

const read = (path: string, line = 1, column = 1, reader = new SourceReader(Infinity)) =>
  reader.read({ file: path, line, column });

// Line 1, column 0 of what runs is line 3, column 0 of the source: base64 VLQ 0, 0, +2, 0.
const mappings = 'AAEA';
const original = 'one\ntwo\nthree\nfour\n';
const inline = (map: object): string =>
  `//# sourceMappingURL=data:application/json;charset=utf-8;base64,${Buffer.from(JSON.stringify(map)).toString('base64')}\n`;

test('without a map, four lines before and after are shown', () => {
  const path = file('plain.js', Array.from({ length: 20 }, (_, index) => `line ${index + 1}`).join('\r\n'));
  expect(read(path, 10, 3)).toEqual({
    file: path,
    line: 10,
    column: 3,
    isMapped: false,
    lines: {
      before: ['line 6', 'line 7', 'line 8', 'line 9'],
      at: 'line 10',
      after: ['line 11', 'line 12', 'line 13', 'line 14'],
    },
  });
  expect(read(path, 1)?.lines).toMatchObject({ before: [], at: 'line 1' });
  expect(read(path, 99)?.lines).toBeUndefined();
});

test('a map in the file itself leads to the source that it carries', () => {
  const map = { version: 3, sources: ['orders.ts'], sourcesContent: [original], names: [], mappings };
  const path = file('dist/inline.js', `run();\n${inline(map)}`);
  expect(read(path)).toMatchObject({
    file: join(folder, 'dist', 'orders.ts'),
    line: 3,
    column: 1,
    isMapped: true,
    lines: { before: ['one', 'two'], at: 'three', after: ['four', ''] },
  });
});

test('a map beside the file leads to a source beside it; `sourceRoot` is where sources are', () => {
  const path = file('dist/beside.js', 'run();\n//# sourceMappingURL=beside.js.map');
  file('src/shop/orders.ts', original);
  file(
    'dist/beside.js.map',
    JSON.stringify({ version: 3, sourceRoot: '../src', sources: ['shop/orders.ts'], names: [], mappings }),
  );
  expect(read(path)).toMatchObject({ file: join(folder, 'src/shop/orders.ts'), line: 3, lines: { at: 'three' } });
});

test('a bundler’s own scheme stays as it is', () => {
  const map = {
    version: 3,
    sources: ['webpack://shop/./src/orders.ts'],
    sourcesContent: [original],
    names: [],
    mappings,
  };
  expect(read(file('bundle.js', `run();\n${inline(map)}`))).toMatchObject({
    file: 'webpack://shop/./src/orders.ts',
    lines: { at: 'three' },
  });
});

test.each([
  ['a map that is not there', '//# sourceMappingURL=gone.js.map'],
  ['a map on the web', '//# sourceMappingURL=https://example.com/a.js.map'],
  ['a map that is none', '//# sourceMappingURL=data:application/json;base64,bm8='],
  ['a comment that is not the last line', '//# sourceMappingURL=a.map\nmore();'],
])('%s: the file is shown as it is', (_, comment) => {
  expect(read(file('odd.js', `run();\n${comment}\n`))).toMatchObject({ isMapped: false, lines: { at: 'run();' } });
});

test('what cannot be read is not found; long lines are cut; without time no file is read', () => {
  expect(read(join(folder, 'nothing.js'))).toBeUndefined();
  expect(read(folder)).toBeUndefined();
  expect(read('relative.js')).toBeUndefined();
  expect(read(file('min.js', 'x'.repeat(100_000)))?.lines?.at).toHaveLength(161);
  expect(read(file('late.js', 'run();'), 1, 1, new SourceReader(0))).toBeUndefined();
});
