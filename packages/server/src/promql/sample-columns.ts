import { joinedColumn, nativeBlocks, rowsOf } from './native-blocks.js';
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
  const first = splitSamples(await read(reader, wanted, false));
  if (first.disputed.length === 0) return first.series;
  const again = splitSamples(await read(reader, { ...wanted, ids: first.disputed }, true));
  const series = new Map(first.series);
  for (const [id, columns] of again.series) series.set(id, columns);
  return series;
}

function read(reader: Reader, wanted: WantedRows, isOrdered: boolean): Promise<readonly Uint8Array[]> {
  const { where, order, params } = rowsWanted(wanted, isOrdered);
  return reader.readBlocks({
    sql: `SELECT id, toFloat64(toUnixTimestamp64Milli(ts)) AS time, value FROM metric_samples WHERE ${where} ORDER BY ${order}`,
    params,
  });
}

/** Cuts rows that are ordered by series and time into series. Of rows with one time the last stays; `disputed` are the series where it matters which. */
export function splitSamples(chunks: readonly Uint8Array[]): {
  readonly series: ReadonlyMap<bigint, SampleColumns>;
  readonly disputed: readonly bigint[];
} {
  const blocks = chunks.flatMap(nativeBlocks);
  const rows = rowsOf(blocks);
  const ids = new BigUint64Array(joinedColumn(blocks, 'id'));
  const idWords = new Uint32Array(ids.buffer);
  const times = new Float64Array(joinedColumn(blocks, 'time'));
  const values = new Float64Array(joinedColumn(blocks, 'value'));
  const valueWords = new Uint32Array(values.buffer);
  const series = new Map<bigint, SampleColumns>();
  const disputed: bigint[] = [];

  for (let from = 0; from < rows;) {
    const low = idWords[from * 2]!;
    const high = idWords[from * 2 + 1]!;
    let repeats = 0;
    let isDisputed = false;
    let end = from + 1;
    for (; end < rows && idWords[end * 2] === low && idWords[end * 2 + 1] === high; end++) {
      if (times[end] !== times[end - 1]) continue;
      repeats++;
      if (valueWords[end * 2] !== valueWords[end * 2 - 2] || valueWords[end * 2 + 1] !== valueWords[end * 2 - 1])
        isDisputed = true;
    }
    const id = ids[from]!;
    const columns = { timesMs: times.subarray(from, end), values: values.subarray(from, end) };
    series.set(id, repeats === 0 ? columns : withoutRepeats(columns, repeats));
    if (isDisputed) disputed.push(id);
    from = end;
  }
  return { series, disputed };
}

/** Of samples with one time, the last. */
function withoutRepeats({ timesMs, values }: SampleColumns, repeats: number): SampleColumns {
  const kept = timesMs.length - repeats;
  const keptTimes = new Float64Array(kept);
  const keptValues = new Float64Array(kept);
  const from = wordsOf(values);
  const to = wordsOf(keptValues);
  let at = 0;
  for (let row = 0; row < timesMs.length; row++) {
    if (row + 1 < timesMs.length && timesMs[row + 1] === timesMs[row]) continue;
    keptTimes[at] = timesMs[row]!;
    // As integers: a number that passes through a variable may lose the bits of its NaN.
    to[at * 2] = from[row * 2]!;
    to[at * 2 + 1] = from[row * 2 + 1]!;
    at++;
  }
  return { timesMs: keptTimes, values: keptValues };
}

function wordsOf(values: Float64Array): Uint32Array {
  return new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
}
