import { type NativeBlock, columnOf, nativeBlocks } from './native-blocks.js';
import type { Reader } from './reader.js';
import { RunList } from './run-list.js';
import { giveBack } from './give-back.js';

/** Which rows of a table are wanted. */
export interface WantedRows {
  /** Stored names. */
  readonly metrics: readonly string[];
  /** Undefined: all series of these metrics. */
  readonly ids: readonly bigint[] | undefined;
  /** Only ids from the first to the second, both included. */
  readonly between?: readonly [bigint, bigint] | undefined;
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

/** Days of the engine are counted from 1970 on, to 2149; times beyond fall on some day among them. */
const lastDayEndMs = 5_662_310_400_000;

/** Whether the engine counts all days between two times. */
export function isCountedTime(fromMs: number, toMs: number): boolean {
  return fromMs >= 0 && toMs < lastDayEndMs;
}

/**
 * The condition on a row's time, which the parameters `fromMs` and `toMs` bound. The tables have a part per day: beyond the days that the engine
 * counts, it would leave out the wrong ones, and has to look at the times themselves.
 */
export function timeWanted(
  startMs: number,
  endMs: number,
): {
  readonly sql: string;
  readonly params: { readonly fromMs: number; readonly toMs: number };
} {
  const fromMs = Math.ceil(Math.max(startMs, firstTimeMs));
  const toMs = Math.floor(Math.min(endMs, lastTimeMs));
  const isCounted = isCountedTime(fromMs, toMs);
  const sql = isCounted
    ? "ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')"
    : 'toUnixTimestamp64Milli(ts) >= {fromMs:Int64} AND toUnixTimestamp64Milli(ts) <= {toMs:Int64}';
  return { sql, params: { fromMs, toMs } };
}

/** Conditions that choose the rows, and how they come in the order of series and time; what the tables' primary key is made for. */
export function rowsWanted(
  { metrics, ids, between, startMs, endMs }: WantedRows,
  isOrdered: boolean,
): { readonly where: string; readonly order: string; readonly params: Record<string, string | number | string[]> } {
  const isOne = metrics.length === 1;
  const time = timeWanted(startMs, endMs);
  const params: Record<string, string | number | string[]> = { ...time.params };
  if (isOne) params['metric'] = metrics[0] ?? '';
  else params['metrics'] = [...metrics];
  if (ids !== undefined) params['ids'] = `[${ids.join(',')}]`;
  if (between !== undefined) [params['firstId'], params['lastId']] = [String(between[0]), String(between[1])];
  const conditions = [
    'workspace = {workspace:String}',
    isOne ? 'metric = {metric:String}' : 'metric IN {metrics:Array(String)}',
    ids === undefined ? '' : 'id IN {ids:Array(UInt64)}',
    between === undefined ? '' : 'id >= {firstId:UInt64} AND id <= {lastId:UInt64}',
    time.sql,
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
  const first = await read(reader, wanted, false);
  if (first.disputed.length === 0) return first.series;
  const again = await read(reader, { ...wanted, ids: first.disputed }, true);
  const series = new Map(first.series);
  for (const [id, columns] of again.series) series.set(id, columns);
  return series;
}

/** Without an order the engine has half the work: its parts are sorted, and the pieces of a series are put together here. */
async function read(reader: Reader, wanted: WantedRows, isOrdered: boolean): Promise<SplitSamples> {
  const { where, order, params } = rowsWanted(wanted, isOrdered);
  const collector = new SampleCollector(reader.numbers);
  await reader.readBlocks(
    {
      sql: `SELECT id, ts, value FROM metric_samples WHERE ${where}${isOrdered ? ` ORDER BY ${order}` : ''}`,
      params,
    },
    bytes => {
      collector.add(bytes);
      giveBack(bytes);
    },
  );
  return collector.finish();
}

/** Samples by series; `disputed` are those where it matters which of the rows with one time came last. */
export interface SplitSamples {
  readonly series: ReadonlyMap<bigint, SampleColumns>;
  readonly disputed: readonly bigint[];
}

/** Samples that are taken out of blocks before they are in their series; longer blocks have a segment of their own. */
const segmentSamples = 1 << 19;

interface Segment {
  readonly timesMs: Float64Array;
  readonly values: Float64Array;
  readonly words: Uint32Array;
  readonly valueBytes: Uint8Array;
  used: number;
}

/**
 * Takes rows out of blocks as they come, so that a block's memory is free before the next ones are there, and gives them by series, each in
 * the order of time. Of rows with one time the last that came stays.
 */
export class SampleCollector {
  readonly #numbers: (count: number) => Float64Array;
  readonly #ids = new IdTable();
  readonly #runs = new RunList();
  readonly #segments: Segment[] = [];

  constructor(numbers: (count: number) => Float64Array = count => new Float64Array(count)) {
    this.#numbers = numbers;
  }

  add(bytes: Uint8Array): void {
    for (const block of nativeBlocks(bytes).map(blockViews)) {
      const segment = this.#segmentFor(block.rows);
      const first = segment.used;
      segment.valueBytes.set(block.value, first * 8);
      for (let row = 0; row < block.rows; row++) segment.timesMs[first + row] = timeOf(block, row);
      segment.used = first + block.rows;
      this.#cut(block, segment, first);
    }
  }

  finish(): SplitSamples {
    const series = new Map<bigint, SampleColumns>();
    const disputed: bigint[] = [];
    const joined = this.#roomForJoined();
    const order: number[] = [];
    for (let place = 0; place < this.#runs.places; place++) {
      const runs = this.#runs.runsOf(place, order);
      const columns = runs === 1 ? this.#only(order[0]!) : this.#join(order, runs, joined);
      const id = this.#ids.idAt(place);
      if (isRising(columns.timesMs)) {
        series.set(id, columns);
        continue;
      }
      const { kept, isDisputed } = onePerTime(columns);
      series.set(id, kept);
      if (isDisputed) disputed.push(id);
    }
    return { series, disputed };
  }

  /** Notes which rows of the block are of which series: runs of one id, ascending in time. */
  #cut({ id, rows }: BlockViews, { timesMs }: Segment, first: number): void {
    const segment = this.#segments.length - 1;
    for (let from = 0; from < rows;) {
      const low = id.getUint32(from * 8, true);
      const high = id.getUint32(from * 8 + 4, true);
      let row = from + 1;
      for (; row < rows; row++) {
        if (id.getUint32(row * 8, true) !== low || id.getUint32(row * 8 + 4, true) !== high) break;
        if (timesMs[first + row]! < timesMs[first + row - 1]!) break;
      }
      this.#runs.add(this.#ids.place(low, high), segment, first + from, first + row);
      from = row;
    }
  }

  #segmentFor(rows: number): Segment {
    const there = this.#segments.at(-1);
    if (there !== undefined && there.used + rows <= there.timesMs.length) return there;
    // Small answers take little room, the segments of large ones grow.
    const size = Math.max(rows, Math.min(segmentSamples, (there?.timesMs.length ?? 0) * 4));
    const values = this.#numbers(size);
    const made = {
      timesMs: this.#numbers(size),
      values,
      words: wordsOf(values),
      valueBytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength),
      used: 0,
    };
    this.#segments.push(made);
    return made;
  }

  /** Room for all series that lie in several runs. */
  #roomForJoined(): Segment {
    let rows = 0;
    const runs: number[] = [];
    for (let place = 0; place < this.#runs.places; place++) {
      if (this.#runs.runsOf(place, runs) > 1) rows += this.#runs.rowsOf(place);
    }
    const values = this.#numbers(rows);
    const valueBytes = new Uint8Array(0);
    return { timesMs: this.#numbers(rows), values, words: wordsOf(values), valueBytes, used: 0 };
  }

  /** A series that came in one piece lies where it was put. */
  #only(run: number): SampleColumns {
    const { timesMs, values } = this.#segments[this.#runs.segmentOf(run)]!;
    const [from, to] = [this.#runs.fromOf(run), this.#runs.toOf(run)];
    return { timesMs: timesMs.subarray(from, to), values: values.subarray(from, to) };
  }

  /** Runs of a series by their first time; those that begin together stay as they came. */
  #join(order: number[], count: number, into: Segment): SampleColumns {
    order.length = count;
    order.sort((a, b) => this.#firstTimeOf(a) - this.#firstTimeOf(b));
    const first = into.used;
    let to = first;
    for (const run of order) {
      const { timesMs, words } = this.#segments[this.#runs.segmentOf(run)]!;
      const end = this.#runs.toOf(run);
      for (let at = this.#runs.fromOf(run); at < end; at++, to++) {
        into.timesMs[to] = timesMs[at]!;
        // As integers: a number that passes through a variable may lose the bits of its NaN.
        into.words[to * 2] = words[at * 2]!;
        into.words[to * 2 + 1] = words[at * 2 + 1]!;
      }
    }
    into.used = to;
    return { timesMs: into.timesMs.subarray(first, to), values: into.values.subarray(first, to) };
  }

  #firstTimeOf(run: number): number {
    return this.#segments[this.#runs.segmentOf(run)]!.timesMs[this.#runs.fromOf(run)]!;
  }
}

function isRising(timesMs: Float64Array): boolean {
  for (let at = 1; at < timesMs.length; at++) if (!(timesMs[at]! > timesMs[at - 1]!)) return false;
  return true;
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

/** Samples ascending in time, of each time the last. Runs of different parts may overlap. */
function onePerTime(columns: SampleColumns): { readonly kept: SampleColumns; readonly isDisputed: boolean } {
  const { timesMs } = columns;
  const order = Array.from(timesMs.keys());
  // The sort is stable: rows of one time stay as they came.
  order.sort((a, b) => timesMs[a]! - timesMs[b]!);
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
