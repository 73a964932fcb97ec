import { type NativeBlock, columnOf, nativeBlocks } from './native-blocks.js';
import type { Reader } from './reader.js';

/** Which rows of a table are wanted. */
export interface WantedRows {
  /** Stored names. */
  readonly metrics: readonly string[];
  /** Undefined: all series of these metrics. */
  readonly ids: readonly bigint[] | undefined;
  readonly startMs: number;
  readonly endMs: number;
}

/** Samples of one series, ascending in time, one per time. */
export interface SampleColumns {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
}

/** What the engine's times can be; beyond, there are no rows. */
export const firstTimeMs = -2_208_988_800_000;
export const lastTimeMs = 10_413_791_999_999;

/** Conditions that choose the rows, and how they come in the order of series and time; what the tables' primary key is made for. */
export function rowsWanted(
  { metrics, ids, startMs, endMs }: WantedRows,
  isOrdered: boolean,
): { readonly where: string; readonly order: string; readonly params: Record<string, string | number | string[]> } {
  const isOne = metrics.length === 1;
  const params: Record<string, string | number | string[]> = {
    fromMs: Math.ceil(Math.max(startMs, firstTimeMs)),
    toMs: Math.floor(Math.min(endMs, lastTimeMs)),
  };
  if (isOne) params['metric'] = metrics[0] ?? '';
  else params['metrics'] = [...metrics];
  if (ids !== undefined) params['ids'] = `[${ids.join(',')}]`;
  const conditions = [
    'workspace = {workspace:String}',
    isOne ? 'metric = {metric:String}' : 'metric IN {metrics:Array(String)}',
    ids === undefined ? '' : 'id IN {ids:Array(UInt64)}',
    "ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')",
  ];
  const last = isOrdered ? ", toUInt64OrZero(splitByChar('_', _part)[2]), _part_offset" : '';
  return {
    where: conditions.filter(condition => condition !== '').join(' AND '),
    order: `${isOne ? '' : 'metric, '}id, ts${last}`,
    params,
  };
}

/**
 * Samples by series.
 *
 * Rows of one time are all kept in the store and the last one counts (ADR 0010). Which that is, the order of parts tells; it is asked only of
 * series that have two different values at one time.
 */
export async function readSamples(reader: Reader, wanted: WantedRows): Promise<ReadonlyMap<bigint, SampleColumns>> {
  if (wanted.endMs < wanted.startMs || wanted.metrics.length === 0 || wanted.ids?.length === 0) return new Map();
  const first = splitSamples(await read(reader, wanted, false), reader.numbers);
  if (first.disputed.length === 0) return first.series;
  const again = splitSamples(await read(reader, { ...wanted, ids: first.disputed }, true));
  const series = new Map(first.series);
  for (const [id, columns] of again.series) series.set(id, columns);
  return series;
}

/** Without an order the engine has half the work: its parts are sorted, and `splitSamples` puts their pieces together. */
function read(reader: Reader, wanted: WantedRows, isOrdered: boolean): Promise<readonly Uint8Array[]> {
  const { where, order, params } = rowsWanted(wanted, isOrdered);
  return reader.readBlocks({
    sql: `SELECT id, ts, value FROM metric_samples WHERE ${where}${isOrdered ? ` ORDER BY ${order}` : ''}`,
    params,
  });
}

/** Rows of one series in a block, ascending in time. Each is `width` numbers in a list: block, first row, row after the last. */
const width = 3;

/** Cuts rows into series, each in the order of time. Of rows with one time the last that came stays; `disputed` are the series where it matters which. */
export function splitSamples(
  chunks: readonly Uint8Array[],
  numbers: (count: number) => Float64Array = count => new Float64Array(count),
): {
  readonly series: ReadonlyMap<bigint, SampleColumns>;
  readonly disputed: readonly bigint[];
} {
  const blocks = chunks.flatMap(nativeBlocks).map(blockViews);
  const rows = blocks.reduce((sum, block) => sum + block.rows, 0);
  const ids = new IdTable();
  const runsOf: number[][] = [];
  const rowsOf: number[] = [];
  blocks.forEach((block, number) => {
    for (let from = 0; from < block.rows;) {
      const end = endOfRun(block, from);
      const at = ids.place(block.id.getUint32(from * 8, true), block.id.getUint32(from * 8 + 4, true));
      if (at === runsOf.length) {
        runsOf.push([]);
        rowsOf.push(0);
      }
      runsOf[at]!.push(number, from, end);
      rowsOf[at]! += end - from;
      from = end;
    }
  });

  const timesMs = numbers(rows);
  const values = numbers(rows);
  const valueBytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  const series = new Map<bigint, SampleColumns>();
  const disputed: bigint[] = [];
  let at = 0;
  for (let place = 0; place < runsOf.length; place++) {
    const begin = at;
    for (const run of inOrder(runsOf[place]!, blocks)) {
      const block = blocks[run.block]!;
      valueBytes.set(block.value.subarray(run.from * 8, run.end * 8), at * 8);
      for (let row = run.from; row < run.end; row++) timesMs[at++] = timeOf(block, row);
    }
    const columns = { timesMs: timesMs.subarray(begin, at), values: values.subarray(begin, at) };
    const { kept, isDisputed } = onePerTime(columns);
    const id = ids.idAt(place);
    series.set(id, kept);
    if (isDisputed) disputed.push(id);
  }
  return { series, disputed };
}

/** The columns of a block as they lie in the answer; not aligned, so numbers are read through views. */
interface BlockViews {
  readonly rows: number;
  readonly id: DataView;
  readonly time: DataView;
  readonly value: Uint8Array;
}

function blockViews(block: NativeBlock): BlockViews {
  const view = (name: string): DataView => {
    const { values } = columnOf(block, name);
    return new DataView(values.buffer, values.byteOffset, values.byteLength);
  };
  return { rows: block.rows, id: view('id'), time: view('ts'), value: columnOf(block, 'value').values };
}

/** Milliseconds; whole numbers up to 2^53 are exact. */
function timeOf({ time }: BlockViews, row: number): number {
  return time.getInt32(row * 8 + 4, true) * 0x1_0000_0000 + time.getUint32(row * 8, true);
}

/** The first row after `from` that is of another series, or of an earlier time. */
function endOfRun(block: BlockViews, from: number): number {
  const { id, rows } = block;
  const low = id.getUint32(from * 8, true);
  const high = id.getUint32(from * 8 + 4, true);
  let before = timeOf(block, from);
  let row = from + 1;
  for (; row < rows; row++) {
    if (id.getUint32(row * 8, true) !== low || id.getUint32(row * 8 + 4, true) !== high) break;
    const time = timeOf(block, row);
    if (time < before) break;
    before = time;
  }
  return row;
}

interface Run {
  readonly block: number;
  readonly from: number;
  readonly end: number;
}

/** Runs of a series by their first time; those that begin together stay as they came. */
function inOrder(list: readonly number[], blocks: readonly BlockViews[]): readonly Run[] {
  const runs: Run[] = [];
  for (let at = 0; at < list.length; at += width) {
    runs.push({ block: list[at]!, from: list[at + 1]!, end: list[at + 2]! });
  }
  if (runs.length === 1) return runs;
  const firstOf = ({ block, from }: Run): number => timeOf(blocks[block]!, from);
  return runs.sort((a, b) => firstOf(a) - firstOf(b));
}

/** Samples ascending in time, of each time the last. Runs of different parts may overlap. */
function onePerTime(columns: SampleColumns): { readonly kept: SampleColumns; readonly isDisputed: boolean } {
  const { timesMs } = columns;
  let isSorted = true;
  let isUnique = true;
  for (let at = 1; at < timesMs.length; at++) {
    if (timesMs[at]! < timesMs[at - 1]!) isSorted = false;
    else if (timesMs[at] === timesMs[at - 1]) isUnique = false;
  }
  if (isSorted && isUnique) return { kept: columns, isDisputed: false };
  const order = Array.from(timesMs.keys());
  // The sort is stable: rows of one time stay as they came.
  if (!isSorted) order.sort((a, b) => timesMs[a]! - timesMs[b]!);
  const from = wordsOf(columns.values);
  let isDisputed = false;
  const last: number[] = [];
  for (const [at, row] of order.entries()) {
    const next = order[at + 1];
    if (next === undefined || timesMs[next] !== timesMs[row]) last.push(row);
    else if (from[next * 2] !== from[row * 2] || from[next * 2 + 1] !== from[row * 2 + 1]) isDisputed = true;
  }
  const values = new Float64Array(last.length);
  const to = wordsOf(values);
  for (const [at, row] of last.entries()) {
    // As integers: a number that passes through a variable may lose the bits of its NaN.
    to[at * 2] = from[row * 2]!;
    to[at * 2 + 1] = from[row * 2 + 1]!;
  }
  return { kept: { timesMs: Float64Array.from(last, row => timesMs[row]!), values }, isDisputed };
}

function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}

/** Numbers ids of 64 bits in the order in which they are first seen. */
class IdTable {
  #slots = new Int32Array(1024);
  #low = new Uint32Array(512);
  #high = new Uint32Array(512);
  #count = 0;

  idAt(place: number): bigint {
    return (BigInt(this.#high[place]!) << 32n) | BigInt(this.#low[place]!);
  }

  place(low: number, high: number): number {
    const mask = this.#slots.length - 1;
    // Ids are hashes: their bits are as good as chance.
    for (let slot = (low ^ high) & mask; ; slot = (slot + 1) & mask) {
      const there = this.#slots[slot]! - 1;
      if (there < 0) return this.#add(slot, low, high);
      if (this.#low[there] === low && this.#high[there] === high) return there;
    }
  }

  #add(slot: number, low: number, high: number): number {
    const place = this.#count++;
    if (place === this.#low.length) {
      this.#grow();
      this.#put(low, high, place);
    } else this.#slots[slot] = place + 1;
    this.#low[place] = low;
    this.#high[place] = high;
    return place;
  }

  #grow(): void {
    const [low, high] = [this.#low, this.#high];
    this.#low = new Uint32Array(low.length * 2);
    this.#high = new Uint32Array(low.length * 2);
    this.#low.set(low);
    this.#high.set(high);
    this.#slots = new Int32Array(this.#slots.length * 2);
    for (let place = 0; place < low.length; place++) this.#put(low[place]!, high[place]!, place);
  }

  #put(low: number, high: number, place: number): void {
    const mask = this.#slots.length - 1;
    let slot = (low ^ high) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = place + 1;
  }
}
