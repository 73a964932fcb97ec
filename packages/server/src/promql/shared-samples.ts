import type { SampleColumns } from './sample-columns.js';

/**
 * Samples of one metric, by series, in memory that all threads see.
 *
 * Nobody writes to what a version of it shows: the next one lies behind it in the same memory, or in another. Series that were written at the same
 * times, as all of one scrape are, share one column of times. What is below in lists is by place of the series, or by column of times.
 */
export interface SharedSamples {
  /** All samples from `fromMs` to `upToMs`, both included, of these series; of all series of the metric when `isWhole`. */
  readonly fromMs: number;
  readonly upToMs: number;
  readonly isWhole: boolean;
  readonly ids: BigUint64Array;
  readonly values: Columns;
  readonly times: Columns;
  /** Which column of times a series has. */
  readonly timesOf: Int32Array;
  /** 1: no value is a stale marker, another NaN or lower than the one before it. */
  readonly rises: Uint8Array;
}

/** Columns of numbers: each lies in one segment, with room behind it. */
export interface Columns {
  readonly segments: readonly Float64Array[];
  readonly segment: Int32Array;
  readonly from: Int32Array;
  readonly room: Int32Array;
  readonly length: Int32Array;
}

/** What comes after `cutMs`, and what is known of it. */
export interface NewSamples {
  /** Samples from here on are taken from `series`, whatever was there before. */
  readonly cutMs: number;
  readonly upToMs: number;
  readonly series: ReadonlyMap<bigint, SampleColumns>;
  /** Samples before it may go when memory is laid out anew. */
  readonly wantedFromMs: number;
  /** Nobody else looks at the samples: those after `cutMs` may be written over where they lie. */
  readonly mayOverwrite: boolean;
}

/** More segments are made into one. */
const maxSegments = 8;
/** Room behind a column of so many numbers. */
const roomFor = (length: number): number => length + Math.max(16, length >> 2);

/** Nothing yet. `ids`: the series that are meant; undefined: all. */
export function noSamples(fromMs: number, ids: Iterable<bigint> | undefined): SharedSamples {
  const named = BigUint64Array.from(ids ?? []);
  return {
    fromMs,
    upToMs: fromMs - 1,
    isWhole: ids === undefined,
    ids: named,
    values: noColumns(named.length),
    times: noColumns(1),
    timesOf: new Int32Array(named.length),
    rises: new Uint8Array(named.length).fill(1),
  };
}

function noColumns(count: number): Columns {
  const zeros = (): Int32Array => new Int32Array(count);
  return { segments: [], segment: zeros(), from: zeros(), room: zeros(), length: zeros() };
}

/** Memory that it takes. */
export function bytesOf({ ids, values, times, timesOf, rises }: SharedSamples): number {
  let bytes = ids.byteLength + timesOf.byteLength + rises.byteLength;
  for (const { segments, segment } of [values, times]) {
    bytes += segment.byteLength * 4;
    for (const numbers of segments) bytes += numbers.byteLength;
  }
  return bytes;
}

/** The next version, with what was read since. Series that are not among `ids` are left out unless the whole metric is meant. */
export function withNewSamples(before: SharedSamples, added: NewSamples): SharedSamples {
  const isFull = Math.max(before.values.segments.length, before.times.segments.length) >= maxSegments;
  return (isFull ? undefined : laidOut(before, added, false)) ?? laidOut(before, added, true)!;
}

/** Undefined when too much memory would lie idle: then all is to be laid out anew. */
function laidOut(before: SharedSamples, added: NewSamples, isAnew: boolean): SharedSamples | undefined {
  const { ids, places } = allIds(before, added.series);
  const laidFromMs = isAnew ? added.wantedFromMs : undefined;
  const plan = new TimesPlan(before, added.cutMs, laidFromMs);
  const timesOf = shared(Int32Array, ids.length);
  const news: (SampleColumns | undefined)[] = Array.from({ length: ids.length });
  for (const [id, columns] of added.series) {
    const place = places.get(id);
    if (place !== undefined) news[place] = columns;
  }
  const values = new ColumnsWriter(before.values, ids.length, isAnew);
  for (let place = 0; place < ids.length; place++) {
    const old = place < before.ids.length ? place : -1;
    const column = plan.column(old < 0 ? -1 : before.timesOf[place]!, news[place]?.timesMs);
    timesOf[place] = column;
    const more = news[place]?.values.length ?? 0;
    values.want(place, { ...plan.kept(column), old, more, mayOverwrite: added.mayOverwrite });
  }
  if (!isAnew && values.idleShare > maxIdleShare) return undefined;
  values.write(place => news[place]?.values ?? none);
  const rises = shared(Uint8Array, ids.length);
  for (let place = 0; place < ids.length; place++) {
    const wasRising = place >= before.ids.length || before.rises[place] === 1;
    rises[place] = wasRising && values.risesFrom(place, news[place]?.values.length ?? 0) ? 1 : 0;
  }
  return {
    fromMs: laidFromMs === undefined ? before.fromMs : Math.max(before.fromMs, laidFromMs),
    upToMs: Math.max(added.upToMs, before.upToMs),
    isWhole: before.isWhole,
    ids,
    values: values.done(),
    times: plan.written(added.mayOverwrite),
    timesOf,
    rises,
  };
}

/** Memory of columns that have moved elsewhere. */
const maxIdleShare = 0.3;

const none = new Float64Array(0);

function allIds(
  { ids, isWhole }: SharedSamples,
  series: ReadonlyMap<bigint, unknown>,
): { readonly ids: BigUint64Array; readonly places: ReadonlyMap<bigint, number> } {
  const places = new Map<bigint, number>();
  for (let place = 0; place < ids.length; place++) places.set(ids[place]!, place);
  if (isWhole) for (const id of series.keys()) if (!places.has(id)) places.set(id, places.size);
  if (places.size === ids.length && ids.buffer instanceof SharedArrayBuffer) return { ids, places };
  const all = shared(BigUint64Array, places.size);
  for (const [id, place] of places) all[place] = id;
  return { ids: all, places };
}

/** Finds out which series go on sharing a column of times, and which columns there are then. */
class TimesPlan {
  readonly #before: SharedSamples;
  readonly #cutMs: number;
  readonly #laidFromMs: number | undefined;
  /** New columns: what they go on from (-1: nothing), how much of it is left out in front and kept, and what comes behind. */
  readonly #old: number[] = [];
  readonly #skip: number[] = [];
  readonly #keep: number[] = [];
  readonly #more: Float64Array[] = [];
  readonly #known = new Map<string, number[]>();
  #last = -1;

  constructor(before: SharedSamples, cutMs: number, laidFromMs: number | undefined) {
    this.#before = before;
    this.#cutMs = cutMs;
    this.#laidFromMs = laidFromMs;
  }

  /** The column of a series that had the column `old` and now has these times behind it. */
  column(old: number, more: Float64Array = none): number {
    const from = old >= 0 && (this.#before.times.length[old] ?? 0) > 0 ? old : -1;
    if (this.#last >= 0 && this.#old[this.#last] === from && sameNumbers(this.#more[this.#last]!, more))
      return this.#last;
    const key = `${from} ${more.length} ${more[0]} ${more.at(-1)}`;
    const candidates = this.#known.get(key) ?? [];
    for (const one of candidates) if (sameNumbers(this.#more[one]!, more)) return (this.#last = one);
    const made = this.#old.length;
    const times = from < 0 ? none : columnAt(this.#before.times, from);
    const keep = firstAtLeast(times, this.#cutMs);
    this.#old.push(from);
    this.#skip.push(this.#laidFromMs === undefined ? 0 : Math.min(keep, firstAtLeast(times, this.#laidFromMs)));
    this.#keep.push(keep);
    this.#more.push(more);
    // Times that differ in the middle alone are rare; whoever sends many such gets a column for each.
    if (candidates.length < 4) candidates.push(made);
    this.#known.set(key, candidates);
    return (this.#last = made);
  }

  /** How much of its old column a series keeps. */
  kept(column: number): Pick<ColumnWish, 'skip' | 'keep'> {
    return { skip: this.#skip[column]!, keep: this.#keep[column]! };
  }

  written(mayOverwrite: boolean): Columns {
    const writer = new ColumnsWriter(this.#before.times, this.#old.length, this.#laidFromMs !== undefined);
    const goneOn = new Set<number>();
    for (let column = 0; column < this.#old.length; column++) {
      const old = this.#old[column]!;
      // The second that goes on from a column has to move: its numbers would come to lie in the same place.
      const isFirst = old < 0 || !goneOn.has(old);
      goneOn.add(old);
      writer.want(column, {
        ...this.kept(column),
        old,
        more: this.#more[column]!.length,
        mayOverwrite,
        mustMove: !isFirst,
      });
    }
    writer.write(column => this.#more[column]!);
    return writer.done();
  }
}

/** A column that keeps `keep` numbers of an old one (-1: of none) but for the first `skip`, and gets `more`. */
interface ColumnWish {
  readonly old: number;
  readonly skip: number;
  readonly keep: number;
  readonly more: number;
  readonly mayOverwrite: boolean;
  readonly mustMove?: boolean;
}

/** Lays out columns: where they are when they fit there, else in a new segment. */
class ColumnsWriter {
  readonly #before: Columns;
  readonly #isNewlyLaid: boolean;
  readonly #old: Int32Array;
  readonly #skip: Int32Array;
  readonly #keep: Int32Array;
  readonly #made: Columns & { segments: Float64Array[] };
  #wanted = 0;
  readonly #moved: number[] = [];

  constructor(before: Columns, count: number, isNewlyLaid: boolean) {
    this.#before = before;
    this.#isNewlyLaid = isNewlyLaid;
    this.#old = new Int32Array(count);
    this.#skip = new Int32Array(count);
    this.#keep = new Int32Array(count);
    const numbers = (): Int32Array => shared(Int32Array, count);
    this.#made = {
      segments: isNewlyLaid ? [] : [...before.segments],
      segment: numbers(),
      from: numbers(),
      room: numbers(),
      length: numbers(),
    };
  }

  want(column: number, { old, skip, keep, more, mayOverwrite, mustMove = false }: ColumnWish): void {
    const before = this.#before;
    const made = this.#made;
    const kept = old < 0 ? 0 : keep;
    const length = kept - (old < 0 ? 0 : skip) + more;
    this.#old[column] = old;
    this.#skip[column] = old < 0 ? 0 : skip;
    this.#keep[column] = kept;
    made.length[column] = length;
    const stays =
      !this.#isNewlyLaid &&
      !mustMove &&
      old >= 0 &&
      length <= before.room[old]! &&
      (more === 0 || kept === before.length[old] || mayOverwrite);
    if (stays) {
      made.segment[column] = before.segment[old]!;
      made.from[column] = before.from[old]!;
      made.room[column] = before.room[old]!;
      return;
    }
    const room = roomFor(length);
    made.segment[column] = made.segments.length;
    made.from[column] = this.#wanted;
    made.room[column] = room;
    this.#wanted += room;
    this.#moved.push(column);
  }

  /** The share of all memory that no column is in. */
  get idleShare(): number {
    const all = this.#made.segments.reduce((sum, { length }) => sum + length, this.#wanted);
    let used = 0;
    for (const room of this.#made.room) used += room;
    return all === 0 ? 0 : 1 - used / all;
  }

  write(more: (column: number) => Float64Array): void {
    const before = this.#before;
    const made = this.#made;
    if (this.#wanted > 0) made.segments.push(shared(Float64Array, this.#wanted));
    // First what moves: what stays may be written over, and others copy its beginning.
    for (const column of this.#moved) {
      const old = this.#old[column]!;
      if (old < 0) continue;
      const source = before.segments[before.segment[old]!];
      const from = before.from[old]!;
      const part = source?.subarray(from + this.#skip[column]!, from + this.#keep[column]!);
      // Bytes are copied as they are: NaNs keep their bits.
      if (part !== undefined && part.length > 0) made.segments[made.segment[column]!]!.set(part, made.from[column]!);
    }
    for (let column = 0; column < this.#old.length; column++) {
      const added = more(column);
      if (added.length === 0) continue;
      const at = made.from[column]! + made.length[column]! - added.length;
      made.segments[made.segment[column]!]!.set(added, at);
    }
  }

  /** Whether the last `more` numbers of a column rise from the one before them. */
  risesFrom(column: number, more: number): boolean {
    const { segments, segment, from, length } = this.#made;
    if (more === 0) return true;
    const numbers = segments[segment[column]!]!;
    const end = from[column]! + length[column]!;
    let before = length[column]! > more ? numbers[end - more - 1]! : -Infinity;
    for (let at = end - more; at < end; at++) {
      const value = numbers[at]!;
      if (!(value >= before)) return false;
      before = value;
    }
    return true;
  }

  done(): Columns {
    return this.#made;
  }
}

/** The numbers of a column. */
export function columnAt({ segments, segment, from, length }: Columns, column: number): Float64Array {
  const numbers = segments[segment[column]!];
  return numbers === undefined ? none : numbers.subarray(from[column], from[column]! + length[column]!);
}

/** Where the first number of a rising list stands that is not below `least`. */
export function firstAtLeast(numbers: Float64Array, least: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle]! < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function sameNumbers(a: Float64Array, b: Float64Array): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let at = 0; at < a.length; at++) if (a[at] !== b[at]) return false;
  return true;
}

/** A list in memory that all threads see. */
function shared<List>(
  list: { new (buffer: SharedArrayBuffer): List; readonly BYTES_PER_ELEMENT: number },
  length: number,
): List {
  return new list(new SharedArrayBuffer(length * list.BYTES_PER_ELEMENT));
}
