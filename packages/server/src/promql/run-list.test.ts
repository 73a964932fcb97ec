import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RunList } from './run-list.js';

test('each series has its runs in the order in which they came, however many there are', () => {
  const run = fc.record({
    series: fc.nat({ max: 700 }),
    from: fc.nat({ max: 1e6 }),
    rows: fc.integer({ min: 1, max: 1e6 }),
  });
  fc.assert(
    fc.property(fc.array(run, { maxLength: 3000, size: 'max' }), given => {
      const list = new RunList();
      const placeOf = new Map<number, number>();
      const wanted: string[][] = [];
      for (const [segment, { series, from, rows }] of given.entries()) {
        const place = placeOf.get(series) ?? placeOf.size;
        placeOf.set(series, place);
        list.add(place, segment, from, from + rows);
        (wanted[place] ??= []).push(`${segment}: ${from}-${from + rows}`);
      }
      const runs: number[] = [];
      const found = Array.from({ length: list.places }, (_, place) =>
        Array.from({ length: list.runsOf(place, runs) }, (_, at) => {
          const one = runs[at]!;
          return `${list.segmentOf(one)}: ${list.fromOf(one)}-${list.toOf(one)}`;
        }),
      );
      expect(found).toEqual(wanted);
    }),
    { numRuns: 30 },
  );
});
