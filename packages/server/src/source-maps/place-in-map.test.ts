import { SourceMap } from 'node:module';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BadMap, placesInMap, readSourceMap } from './place-in-map.js';

const map = (more: object = {}): string =>
  JSON.stringify({
    version: 3,
    sources: ['src/a.ts', 'src/b.ts'],
    sourcesContent: ['first\nsecond\nthird', null],
    names: ['pay'],
    // Line 1: column 0 is a.ts 1:0, column 5 is a.ts 2:2 `pay`, from column 9 nothing is known. Line 3: column 4 is b.ts 1:0.
    mappings: 'AAAA,KACEA,I;;ICDF',
    ...more,
  });

test('a position is where the last mapping before it says, with its name and the lines around it', () => {
  const places = placesInMap(readSourceMap(map()), [
    { line: 1, column: 1 },
    { line: 1, column: 8 },
    { line: 1, column: 10 },
    { line: 2, column: 1 },
    { line: 3, column: 5 },
    { line: 9, column: 1 },
  ]);
  expect(places.map(place => place && [place.file, place.line, place.column, place.name])).toEqual([
    ['src/a.ts', 1, 1, ''],
    ['src/a.ts', 2, 3, 'pay'],
    undefined,
    undefined,
    ['src/b.ts', 1, 1, ''],
    undefined,
  ]);
  expect(places[1]?.source).toEqual([
    { line: 1, text: 'first', isHere: false },
    { line: 2, text: 'second', isHere: true },
    { line: 3, text: 'third', isHere: false },
  ]);
  expect(places[4]?.source).toEqual([]);
});

test('sections are found by where they begin, roots of sources are put before them', () => {
  const sections = {
    version: 3,
    sections: [
      { offset: { line: 0, column: 0 }, map: JSON.parse(map({ sourceRoot: 'one/' })) },
      { offset: { line: 10, column: 2 }, map: JSON.parse(map({ sourceRoot: 'two' })) },
    ],
  };
  const places = placesInMap(readSourceMap(JSON.stringify(sections)), [
    { line: 1, column: 6 },
    { line: 11, column: 8 },
    { line: 13, column: 5 },
  ]);
  expect(places.map(place => place?.file)).toEqual(['one/src/a.ts', 'two/src/a.ts', 'two/src/b.ts']);
});

const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
function vlq(value: number): string {
  let rest = value < 0 ? (-value << 1) | 1 : value << 1;
  let text = '';
  do {
    const digit = rest & 31;
    rest >>>= 5;
    text += digits[digit | (rest > 0 ? 32 : 0)] ?? '';
  } while (rest > 0);
  return text;
}

test('any mappings say the same as to Node', () => {
  const row = fc.uniqueArray(fc.tuple(fc.nat(300), fc.nat(2), fc.nat(5000), fc.nat(90_000)), {
    selector: ([column]) => column,
    minLength: 1,
    maxLength: 12,
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 8 }), fc.nat(9), fc.nat(320), (rows, line, column) => {
      let [source, sourceLine, sourceColumn] = [0, 0, 0];
      const mappings = rows
        .map(segments => {
          let at = 0;
          return segments
            .toSorted((a, b) => a[0] - b[0])
            .map(([to, s, l, c]) => {
              const text = vlq(to - at) + vlq(s - source) + vlq(l - sourceLine) + vlq(c - sourceColumn);
              [at, source, sourceLine, sourceColumn] = [to, s, l, c];
              return text;
            })
            .join(',');
        })
        .join(';');
      const json = {
        version: 3 as const,
        file: '',
        sourceRoot: '',
        sources: ['a', 'b', 'c'],
        sourcesContent: [],
        names: [],
        mappings,
      };
      // Others that are asked for with it change nothing.
      const [ours] = placesInMap(readSourceMap(JSON.stringify(json)), [
        { line: line + 1, column: column + 1 },
        ...[0, column, column + 7, 300].map(other => ({ line: line + 1, column: other + 1 })),
      ]);
      const entry = new SourceMap(json).findEntry(line, column);
      // Node answers with a line before when the row has none.
      const isThere = 'originalSource' in entry && entry.generatedLine === line;
      expect(ours && [ours.file, ours.line, ours.column]).toEqual(
        isThere ? [entry.originalSource, entry.originalLine + 1, entry.originalColumn + 1] : undefined,
      );
    }),
  );
});

test.each([
  ['', 'it is not JSON'],
  ['[]', 'no source map of version 3'],
  [map({ version: 2 }), 'version'],
  [map({ sources: 'a' }), 'sources'],
  [map({ mappings: '!!' }), 'mappings are broken'],
  [map({ mappings: 'gggggggggggggggggA' }), 'mappings are broken'],
  [map({ mappings: 'AAAAAAA' }), 'mappings are broken'],
  [
    JSON.stringify({ version: 3, sections: [{ offset: { line: 0, column: 0 }, map: { version: 3, sections: [] } }] }),
    'sections.0.map',
  ],
])('what is no map is refused in words: %#', (json, why) => {
  const read = (): unknown => placesInMap(readSourceMap(json), [{ line: 99, column: 1 }]);
  expect(read).toThrow(BadMap);
  expect(read).toThrow(why);
});

test('millions of mappings, lines and places outside of the sources take no more than their text', () => {
  const before = process.memoryUsage().heapUsed;
  const hostile = readSourceMap(map({ mappings: `${'A,'.repeat(3_000_000)}${';'.repeat(3_000_000)}AzzzzzEAA` }));
  expect(placesInMap(hostile, [{ line: 3_000_001, column: 1 }])).toEqual([undefined]);
  expect(process.memoryUsage().heapUsed - before).toBeLessThan(200 * 1_048_576);
});

test('many places of a bundle of one line are found as fast as one, in any order', () => {
  // A mapping per column, each a column further in its source.
  const bundle = readSourceMap(map({ mappings: `AAAA${',CAAC'.repeat(1_500_000)}` }));
  const columns = Array.from({ length: 200 }, (_, i) => 1_400_000 - ((i * 7919) % 200) * 5000);
  const cpuOf = (asked: readonly number[]): number => {
    const before = process.cpuUsage();
    const found = placesInMap(
      bundle,
      asked.map(column => ({ line: 1, column })),
    );
    expect(found.map(place => place?.column)).toEqual(asked);
    return process.cpuUsage(before).user;
  };
  const one = Math.min(cpuOf(columns.slice(0, 1)), cpuOf(columns.slice(0, 1)));
  // It was a hundred times as much.
  expect(Math.min(cpuOf(columns), cpuOf(columns))).toBeLessThan(20 * one);
});

test('a source with an endless name is told by the end of it: the name goes with every frame', () => {
  const [place] = placesInMap(readSourceMap(map({ sources: [`${'x'.repeat(1_000_000)}/src/a.ts`, null] })), [
    { line: 1, column: 1 },
  ]);
  expect(place?.file).toHaveLength(500);
  expect(place?.file).toMatch(/x\/src\/a\.ts$/);
});
