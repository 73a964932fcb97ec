import type { Reader } from './reader.js';
import { type SampleColumns, type WantedRows, isCountedTime, readSamples } from './sample-columns.js';
import type { HeldSamples, WantedSamples } from './sample-cache.js';
import { type SharedSamples, bytesOf, columnAt, firstAtLeast, noSamples, withNewSamples } from './shared-samples.js';

/** Samples that all threads keep; see `sample-cache.ts`. */
export interface SampleMemory {
  hold(wanted: Omit<WantedSamples, 'workspace'>): Promise<HeldSamples>;
  publish(entry: number, samples: SharedSamples): void;
  release(entry: number): void;
  /** Places of the series of an entry, worked out once for each version of its ids. */
  places(entry: number, ids: BigUint64Array): ReadonlyMap<bigint, number>;
  histograms(metric: string): Promise<{ readonly isPlain: boolean; readonly writes: number }>;
  plain(metric: string, writes: number): void;
}

/** Samples of series, and whether they are known to rise. */
export interface FoundSamples extends SampleColumns {
  readonly rises?: boolean;
}

/** What is wanted, of how many series the metric has. */
export interface WantedSeries extends WantedRows {
  /** The series, also where the rows are wanted of all. */
  readonly series: ReadonlySet<bigint>;
  readonly ofSeries: number;
}

/** Metrics with fewer series are kept whole. */
const alwaysWhole = 5000;

/** The samples of series, from memory as far as they are kept. */
export async function rememberedSamples(
  reader: Reader,
  wanted: WantedSeries,
): Promise<(id: bigint) => FoundSamples | undefined> {
  const { memory } = reader;
  const [metric] = wanted.metrics;
  const startMs = Math.ceil(wanted.startMs);
  const endMs = Math.floor(wanted.endMs);
  const isKept = wanted.metrics.length === 1 && wanted.series.size > 0 && isCountedTime(startMs, endMs);
  if (memory === undefined || metric === undefined || !isKept || endMs < startMs) return fromStore(reader, wanted);
  const asked = { metric, startMs, endMs };
  let held = await memory.hold({ ...asked, needsMore: false });
  const there = held.kind === 'none' ? undefined : held.samples;
  if (held.kind === 'ready' && !hasAll(memory, held.entry, held.samples, wanted.series)) {
    held = await memory.hold({ ...asked, needsMore: true });
  }
  if (held.kind === 'none') return fromStore(reader, wanted);
  if (held.kind === 'ready') return within(memory, held.entry, held.samples, startMs, endMs);
  const { entry } = held;
  const before =
    held.samples !== undefined && hasAll(memory, entry, held.samples, wanted.series)
      ? held.samples
      : noSamples(held.samples?.fromMs ?? startMs, idsToKeep(wanted, there?.ids));
  const cutMs = before === held.samples ? held.cutMs : before.fromMs;
  const upToMs = Math.max(endMs, held.samples?.upToMs ?? endMs);
  let series: ReadonlyMap<bigint, SampleColumns>;
  try {
    series = await readSamples(reader, {
      metrics: wanted.metrics,
      ids: before.isWhole ? undefined : Array.from(before.ids),
      startMs: cutMs,
      endMs: upToMs,
    });
  } catch (error) {
    memory.release(entry);
    throw error;
  }
  const { mayOverwrite, wantedFromMs, maxBytes } = held;
  if (bytesOf(before) + sampleBytes(series) > maxBytes) {
    // What was kept is too large to be brought up to date: it is dropped with the lease, when the question is over.
    if (before === held.samples) return fromStore(reader, wanted);
    if (held.samples === undefined) memory.release(entry);
    return id => series.get(id);
  }
  const samples = withNewSamples(before, { cutMs, upToMs, series, mayOverwrite, wantedFromMs });
  memory.publish(entry, samples);
  return within(memory, entry, samples, startMs, endMs);
}

/** About what samples will take; times are mostly shared. */
function sampleBytes(series: ReadonlyMap<bigint, SampleColumns>): number {
  let samples = 0;
  for (const { values } of series.values()) samples += values.length;
  return samples * 8;
}

async function fromStore(reader: Reader, wanted: WantedRows): Promise<(id: bigint) => FoundSamples | undefined> {
  const series = await readSamples(reader, wanted);
  return id => series.get(id);
}

/** Undefined: the whole metric. */
function idsToKeep(
  { series, ofSeries, ids }: WantedSeries,
  there: Iterable<bigint> = [],
): Iterable<bigint> | undefined {
  if (ids === undefined || ofSeries <= alwaysWhole) return undefined;
  const both = new Set([...there, ...series]);
  return both.size > ofSeries * 0.3 ? undefined : both;
}

function hasAll(memory: SampleMemory, entry: number, samples: SharedSamples, series: ReadonlySet<bigint>): boolean {
  if (samples.isWhole) return true;
  const places = memory.places(entry, samples.ids);
  for (const id of series) if (!places.has(id)) return false;
  return true;
}

/** The samples from `startMs` to `endMs`. Series that share their times get the same list of them. */
function within(
  memory: SampleMemory,
  entry: number,
  { ids, values, times, timesOf, rises }: SharedSamples,
  startMs: number,
  endMs: number,
): (id: bigint) => FoundSamples | undefined {
  const places = memory.places(entry, ids);
  const cut: ({ readonly timesMs: Float64Array; readonly from: number } | undefined)[] = [];
  const cutOf = (column: number): { readonly timesMs: Float64Array; readonly from: number } => {
    const all = columnAt(times, column);
    const from = firstAtLeast(all, startMs);
    return { timesMs: all.subarray(from, firstAtLeast(all, endMs + 1)), from };
  };
  return id => {
    const place = places.get(id);
    if (place === undefined) return undefined;
    const column = timesOf[place]!;
    const { timesMs, from } = (cut[column] ??= cutOf(column));
    if (timesMs.length === 0) return undefined;
    const at = values.from[place]! + from;
    const own = values.segments[values.segment[place]!]!;
    return { timesMs, values: own.subarray(at, at + timesMs.length), rises: rises[place] === 1 };
  };
}
