import { maxWeight } from '../decode/threshold-weight.js';
import { redMinutes } from '../store/native/tables.js';
import type { TextValues } from '../store/native/column.js';
import type { TableBlock } from './block-builder.js';
import { minuteOf, type SpanColumns } from './span-block.js';
import type { Words } from './words.js';

/** Operations, and peers, that keep their name per service and block; what comes after counts as `_other`. */
const maxNames = 1000;

/** Parts of a row's key, in the order of `keyParts`. */
const keyWidth = 10;

/** The columns of a block that its spans are counted by. */
export type CountedColumns = Pick<
  SpanColumns,
  | 'workspace'
  | 'ts'
  | 'service'
  | 'name'
  | 'kind'
  | 'peer'
  | 'environment'
  | 'version'
  | 'tenantId'
  | 'received'
  | 'statusCode'
  | 'duration'
  | 'countedAs'
>;

/**
 * The rows of `red_minutes` for the spans of a block (docs/adr/0005): one per workspace, minute, service, operation, kind, peer, environment, version and
 * tenant. A span that its sender kept of several counts as so many. Typed arrays throughout: with many tenants there may be nearly as many rows as spans.
 */
export function redMinutesBlock(spans: CountedColumns, spanCount: number, words: Words): TableBlock[] {
  const other = words.ofText('_other');
  const operationOf = limited(spans.service, spans.name, other);
  const peerOf = limited(spans.service, spans.peer, other);
  const tableSize = 1 << Math.ceil(Math.log2(spanCount * 2 + 2));
  const mask = tableSize - 1;
  const table = new Int32Array(tableSize);
  const keys = new Int32Array(spanCount * keyWidth);
  const key = new Int32Array(keyWidth);
  const rowOf = new Int32Array(spanCount).fill(-1);
  const errors = new Float64Array(spanCount);
  const durations = new Float64Array(spanCount);
  const counts = new Float64Array(spanCount);
  const spansOf = new Uint32Array(spanCount);
  let rows = 0;
  let counted = 0;

  for (let span = 0; span < spanCount; span++) {
    const kind = spans.kind[span]!;
    if (kind < 2) continue;
    counted++;
    key[0] = spans.workspace[span]!;
    key[1] = minuteOf(spans.ts, span) | 0;
    key[2] = spans.service[span]!;
    key[3] = operationOf(span);
    key[4] = kind;
    key[5] = spans.peer[span] === 0 ? 0 : peerOf(span);
    key[6] = spans.environment[span]!;
    key[7] = spans.version[span]!;
    key[8] = spans.tenantId[span]!;
    key[9] = spans.received[span]!;
    let place = hashOf(key) & mask;
    let row = table[place]! - 1;
    while (row !== -1 && !same(keys, row * keyWidth, key)) {
      place = (place + 1) & mask;
      row = table[place]! - 1;
    }
    if (row === -1) {
      row = rows++;
      table[place] = row + 1;
      keys.set(key, row * keyWidth);
    }
    rowOf[span] = row;
    const as = spans.countedAs[span]!;
    spansOf[row] = spansOf[row]! + 1;
    counts[row] = counts[row]! + as;
    if (spans.statusCode[span] === 2) errors[row] = errors[row]! + as;
    durations[row] = durations[row]! + durationNs(spans, span) * as;
  }
  if (rows === 0) return [];

  const { ends, buckets, bucketCounts } = histograms(spans, spanCount, rowOf, spansOf, rows, counted);
  const part = (index: number): Int32Array => {
    const column = new Int32Array(rows);
    for (let row = 0; row < rows; row++) column[row] = keys[row * keyWidth + index]!;
    return column;
  };
  const word = (index: number): TextValues => ({ texts: words.texts, indexes: part(index) });
  const chunks = redMinutes.encode(rows, {
    workspace: word(0),
    minute: new Uint32Array(part(1).buffer),
    service: word(2),
    operation: word(3),
    kind: Uint8Array.from(part(4)),
    peer: word(5),
    environment: word(6),
    version: word(7),
    tenant_id: word(8),
    count: wholeNumbers(counts, rows),
    errors: wholeNumbers(errors, rows),
    duration_ns: wholeNumbers(durations, rows),
    durations: { ends, keys: buckets, values: bucketCounts },
    received: Uint16Array.from(part(9)),
  });
  return [{ table: redMinutes.name, rows, chunks }];
}

/** Gives each span its name, or `other` once a service has used up its names. */
function limited(services: Int32Array, names: Int32Array, other: number): (span: number) => number {
  const namesOf = new Map<number, Set<number>>();
  return span => {
    const service = services[span]!;
    const name = names[span]!;
    let known = namesOf.get(service);
    if (known === undefined) namesOf.set(service, (known = new Set()));
    if (known.has(name)) return name;
    if (known.size >= maxNames) return other;
    known.add(name);
    return name;
  };
}

/** Per row its buckets in rising order with their counts. Spans are put in order of rows first, then each row's few buckets are sorted. */
function histograms(
  spans: CountedColumns,
  spanCount: number,
  rowOf: Int32Array,
  spansOf: Uint32Array,
  rows: number,
  counted: number,
): { readonly ends: BigUint64Array; readonly buckets: Uint16Array; readonly bucketCounts: BigUint64Array } {
  const next = new Int32Array(rows + 1);
  for (let row = 0; row < rows; row++) next[row + 1] = next[row]! + spansOf[row]!;
  // A bucket, and below it as how many the span counts.
  const ordered = new Uint32Array(counted);
  for (let span = 0; span < spanCount; span++) {
    const row = rowOf[span]!;
    if (row !== -1) ordered[next[row]!++] = bucketOf(durationNs(spans, span)) * maxWeight + spans.countedAs[span]! - 1;
  }
  const ends = new Uint32Array(rows * 2);
  const buckets = new Uint16Array(counted);
  const bucketCounts = new Float64Array(counted);
  let entries = 0;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    const to = next[row]!;
    if (to - from > 1) ordered.subarray(from, to).sort();
    for (let i = from; i < to; i++) {
      const bucket = Math.floor(ordered[i]! / maxWeight);
      if (i === from || bucket !== buckets[entries - 1]) buckets[entries++] = bucket;
      bucketCounts[entries - 1] = bucketCounts[entries - 1]! + (ordered[i]! % maxWeight) + 1;
    }
    ends[row * 2] = entries;
    from = to;
  }
  return {
    ends: new BigUint64Array(ends.buffer),
    buckets: buckets.subarray(0, entries),
    bucketCounts: wholeNumbers(bucketCounts, entries),
  };
}

/** Eight buckets for each power of two. */
export function bucketOf(durationNs: number): number {
  return durationNs < 1 ? 0 : Math.floor(8 * Math.log2(durationNs));
}

/** To within a part in 2^53. */
function durationNs(spans: CountedColumns, span: number): number {
  return spans.duration[span * 2 + 1]! * 0x1_0000_0000 + spans.duration[span * 2]!;
}

function wholeNumbers(values: Float64Array, rows: number): BigUint64Array {
  const words = new Uint32Array(rows * 2);
  for (let row = 0; row < rows; row++) {
    words[row * 2] = values[row]! % 0x1_0000_0000;
    words[row * 2 + 1] = Math.min(values[row]! / 0x1_0000_0000, 0xffff_ffff);
  }
  return new BigUint64Array(words.buffer);
}

function hashOf(key: Int32Array): number {
  let value = 0;
  for (let i = 0; i < keyWidth; i++) value = Math.imul(value ^ key[i]!, 0x9e3779b1) ^ (value >>> 15);
  return value ^ (value >>> 16);
}

function same(keys: Int32Array, at: number, key: Int32Array): boolean {
  for (let i = 0; i < keyWidth; i++) if (keys[at + i] !== key[i]) return false;
  return true;
}
