import fc from 'fast-check';
import { expect, test } from 'vitest';
import { float64, dateTime64, uint64 } from '../store/native/column.js';
import { table } from '../store/native/table.js';
import { SampleCollector, type SplitSamples } from './sample-columns.js';
import { SampleRoom } from './sample-room.js';

const rowsTable = table('rows', { id: uint64, ts: dateTime64(3), value: float64 });

interface Row {
  readonly id: bigint;
  readonly timeMs: number;
  readonly value: number;
}

/** A block as the engine writes it. */
function block(rows: readonly Row[]): Uint8Array {
  return Buffer.concat(
    rowsTable.encode(rows.length, {
      id: BigUint64Array.from(rows, ({ id }) => id),
      ts: BigInt64Array.from(rows, ({ timeMs }) => BigInt(timeMs)),
      value: Float64Array.from(rows, ({ value }) => value),
    }),
  );
}

function splitSamples(blocks: readonly Uint8Array[]): SplitSamples {
  const collector = new SampleCollector();
  for (const bytes of blocks) collector.add(bytes);
  return collector.finish();
}

/** As rows lie in a part of the table. */
function sorted(rows: readonly Row[]): readonly Row[] {
  return rows.toSorted((a, b) => (a.id === b.id ? a.timeMs - b.timeMs : a.id < b.id ? -1 : 1));
}

const row = fc.record({
  id: fc.constantFrom(1n, 2n, 0xffff_ffff_0000_0001n, 1n << 32n, (1n << 64n) - 1n),
  timeMs: fc.integer({ min: -1_000_000_000_000, max: 2_000_000_000_000 }),
  value: fc.double({ noNaN: true }),
});

test('however rows come, each series has its samples in the order of time', () => {
  fc.assert(
    fc.property(fc.array(fc.array(row, { maxLength: 30 }), { maxLength: 6 }), fc.boolean(), (blocks, isSorted) => {
      const given = isSorted ? blocks.map(sorted) : blocks;
      const wanted = new Map<bigint, Map<number, number[]>>();
      for (const { id, timeMs, value } of given.flat()) {
        const times = wanted.get(id) ?? new Map<number, number[]>();
        wanted.set(id, times.set(timeMs, [...(times.get(timeMs) ?? []), value]));
      }
      const { series, disputed } = splitSamples(given.map(block));
      expect(new Set(series.keys())).toEqual(new Set(wanted.keys()));
      for (const [id, times] of wanted) {
        const found = series.get(id)!;
        expect([...found.timesMs]).toEqual([...times.keys()].toSorted((a, b) => a - b));
        for (const [at, timeMs] of found.timesMs.entries()) expect(times.get(timeMs)).toContain(found.values[at]);
        const differ = [...times.values()].some(values => values.some(value => !Object.is(value, values[0])));
        expect(disputed.includes(id)).toBe(differ);
      }
    }),
  );
});

test('of rows with one time the last stays when they come in their order', () => {
  const rows = [1, 2, 3].map(value => ({ id: 7n, timeMs: 5, value }));
  const { series, disputed } = splitSamples([block(rows.slice(0, 2)), block(rows.slice(2))]);
  expect([...series.get(7n)!.values]).toEqual([3]);
  expect(disputed).toEqual([7n]);
});

test('the bits of a NaN stay what they are, in a series that comes in one piece and in one that comes in several', () => {
  const stale = 0x7ff0_0000_0000_0002n;
  const given = [
    block([
      { id: 1n, timeMs: 1, value: NaN },
      { id: 2n, timeMs: 2, value: NaN },
    ]),
    block([{ id: 2n, timeMs: 1, value: 4 }]),
  ];
  // The values of the first block are its last bytes.
  const first = given[0]!;
  const view = new DataView(first.buffer, first.byteOffset, first.byteLength);
  view.setBigUint64(first.byteLength - 16, stale, true);
  view.setBigUint64(first.byteLength - 8, stale, true);
  const { series } = splitSamples(given);
  const bits = (id: bigint): readonly bigint[] => {
    const { buffer, byteOffset, length } = series.get(id)!.values;
    return [...new BigUint64Array(buffer, byteOffset, length)];
  };
  expect([...series.get(2n)!.timesMs]).toEqual([1, 2]);
  expect([bits(1n), bits(2n)]).toEqual([[stale], [0x4010_0000_0000_0000n, stale]]);
});

test('more than a few hundred series are told apart', () => {
  const rows = Array.from({ length: 5000 }, (_, at) => ({ id: BigInt(at) << 20n, timeMs: at, value: at }));
  const { series } = splitSamples([block(rows)]);
  expect(series.size).toBe(5000);
  expect(rows.every(({ id, value }) => series.get(id)?.values[0] === value)).toBe(true);
});

test('room for samples is used again by the next question, and not by two at once', () => {
  const room = new SampleRoom();
  room.take(1_000_000);
  room.clear();
  const first = room.take(10).fill(1);
  const second = room.take(10).fill(2);
  expect([first.buffer === second.buffer, [...first][9], [...second][0]]).toEqual([true, 1, 2]);
  room.clear();
  expect(room.take(10).buffer).toBe(first.buffer);
  expect(room.take(10_000_000)).toHaveLength(10_000_000);
});
