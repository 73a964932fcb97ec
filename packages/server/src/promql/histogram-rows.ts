import { joinedArrays, joinedColumn, nativeBlocks, rowsOf } from './native-blocks.js';
import type { Reader } from './reader.js';
import { type WantedRows, rowsWanted } from './sample-columns.js';

/** A row of `metric_histograms`. Counts and bounds are views into the answer. */
export interface HistogramRow {
  readonly timeMs: number;
  /** The series ended here. */
  readonly isStale: boolean;
  readonly count: number;
  readonly sum: number;
  /** -53 and -128: `bounds` and `counts`; else an exponential histogram in OpenTelemetry's indexes. */
  readonly scale: number;
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly bounds: Float64Array;
  readonly counts: Float64Array;
  readonly positiveOffset: number;
  readonly positiveCounts: Float64Array;
  readonly negativeOffset: number;
  readonly negativeCounts: Float64Array;
  /** 0 unknown, 1 reset, 2 none, 3 a gauge. */
  readonly resetHint: number;
}

const columns = `id, toFloat64(toUnixTimestamp64Milli(ts)) AS time, count, sum, scale, zero_threshold, zero_count, bounds, counts,
  positive_offset, positive_counts, negative_offset, negative_counts, reset_hint`;

/** Prometheus' NaN for a series that ended, as two words. */
const staleLow = 2;
const staleHigh = 0x7ff0_0000;

/** Histograms by series, ascending in time, one per time: the last that came. Its order of coming is asked of series that have several at one time. */
export async function readHistogramRows(
  reader: Reader,
  wanted: WantedRows,
): Promise<ReadonlyMap<bigint, readonly HistogramRow[]>> {
  if (wanted.endMs < wanted.startMs || wanted.metrics.length === 0 || wanted.ids?.length === 0) return new Map();
  const first = splitRows(await read(reader, wanted, false));
  if (first.repeated.length === 0) return first.series;
  const again = splitRows(await read(reader, { ...wanted, ids: first.repeated }, true));
  const series = new Map(first.series);
  for (const [id, rows] of again.series) series.set(id, rows);
  return series;
}

/** Whether a metric has histograms at any time. */
export async function hasHistogramRows(reader: Reader, metric: string): Promise<boolean> {
  const sql =
    'SELECT 1 FROM metric_histograms WHERE workspace = {workspace:String} AND metric = {metric:String} LIMIT 1';
  return (await reader.read({ sql, params: { metric } })).length > 0;
}

async function read(reader: Reader, wanted: WantedRows, isOrdered: boolean): Promise<readonly Uint8Array[]> {
  const { where, order, params } = rowsWanted(wanted, isOrdered);
  const chunks: Uint8Array[] = [];
  const sql = `SELECT ${columns}\nFROM metric_histograms WHERE ${where} ORDER BY ${order}`;
  await reader.readBlocks({ sql, params }, bytes => chunks.push(bytes));
  return chunks;
}

function splitRows(chunks: readonly Uint8Array[]): {
  readonly series: ReadonlyMap<bigint, readonly HistogramRow[]>;
  readonly repeated: readonly bigint[];
} {
  const blocks = chunks.flatMap(nativeBlocks);
  const rows = rowsOf(blocks);
  const floats = (name: string): Float64Array => new Float64Array(joinedColumn(blocks, name));
  const ids = new BigUint64Array(joinedColumn(blocks, 'id'));
  const times = floats('time');
  const counts = floats('count');
  const sums = floats('sum');
  const sumWords = new Uint32Array(sums.buffer);
  const scales = new Int16Array(joinedColumn(blocks, 'scale'));
  const zeroThresholds = floats('zero_threshold');
  const zeroCounts = floats('zero_count');
  const positiveOffsets = new Int32Array(joinedColumn(blocks, 'positive_offset'));
  const negativeOffsets = new Int32Array(joinedColumn(blocks, 'negative_offset'));
  const hints = new Uint8Array(joinedColumn(blocks, 'reset_hint'));
  const lists = (name: string): ((row: number) => Float64Array) => {
    const { values, ends } = joinedArrays(blocks, name);
    return row => values.subarray(row === 0 ? 0 : ends[row - 1]!, ends[row]);
  };
  const bounds = lists('bounds');
  const explicit = lists('counts');
  const positive = lists('positive_counts');
  const negative = lists('negative_counts');

  const series = new Map<bigint, HistogramRow[]>();
  const repeated = new Set<bigint>();
  for (let row = 0; row < rows; row++) {
    const id = ids[row]!;
    const made: HistogramRow = {
      timeMs: times[row]!,
      isStale: sumWords[row * 2] === staleLow && sumWords[row * 2 + 1] === staleHigh,
      count: counts[row]!,
      sum: sums[row]!,
      scale: scales[row]!,
      zeroThreshold: zeroThresholds[row]!,
      zeroCount: zeroCounts[row]!,
      bounds: bounds(row),
      counts: explicit(row),
      positiveOffset: positiveOffsets[row]!,
      positiveCounts: positive(row),
      negativeOffset: negativeOffsets[row]!,
      negativeCounts: negative(row),
      resetHint: hints[row]!,
    };
    const there = series.get(id);
    if (there === undefined) series.set(id, [made]);
    else if (there.at(-1)?.timeMs === made.timeMs) {
      there[there.length - 1] = made;
      repeated.add(id);
    } else there.push(made);
  }
  return { series, repeated: [...repeated] };
}
