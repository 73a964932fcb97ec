/** Operations of one workspace that are told apart; what comes after counts as one. */
const maxOperations = 2000;

/** Fewer durations say nothing of what is slow. */
const fewestDurations = 20;

/** How often what was seen counts half, so that what is slow is what is slow now. */
const halvingMs = 600_000;

/** Eight for each power of two, from a microsecond to an hour. */
const bucketsPerOctave = 8;
const firstOctave = 10;
const buckets = 256;
const fullBucket = 0xffff;

interface Operation {
  minute: number;
  seenInMinute: number;
  /** How many durations lie in each bucket. */
  readonly counts: Uint16Array;
  total: number;
  /** The bucket of the 99th percentile, and `total` when it was worked out. */
  p99: number;
  p99Of: number;
}

/** What is known of the operations of one workspace: how often each was seen this minute, and how long it takes. */
export class KnownOperations {
  #operations = new Map<string, Operation>();
  #halvedAtMs: number;

  constructor(nowMs: number) {
    this.#halvedAtMs = nowMs;
  }

  get count(): number {
    return this.#operations.size;
  }

  /** Counts an operation. How often was it seen this minute, and does it take longer than 99 in 100 of its like, as far as that is known? */
  see(name: string, durationNs: number, nowMs: number): { readonly timesInMinute: number; readonly isSlow: boolean } {
    if (nowMs - this.#halvedAtMs > halvingMs) this.#halve(nowMs);
    const operation = this.#of(name);
    const minute = Math.floor(nowMs / 60_000);
    if (operation.minute !== minute) {
      operation.minute = minute;
      operation.seenInMinute = 0;
    }
    operation.seenInMinute += 1;
    const bucket = bucketOf(durationNs);
    const isSlow = operation.total >= fewestDurations && bucket > p99Of(operation);
    if (operation.counts[bucket] === fullBucket) halved(operation);
    operation.counts[bucket] = operation.counts[bucket]! + 1;
    operation.total += 1;
    return { timesInMinute: operation.seenInMinute, isSlow };
  }

  #of(name: string): Operation {
    const known = this.#operations.get(name);
    if (known !== undefined) return known;
    if (this.#operations.size >= maxOperations && name !== '_other') return this.#of('_other');
    const counts = new Uint16Array(buckets);
    const operation = { minute: 0, seenInMinute: 0, counts, total: 0, p99: 0, p99Of: 0 };
    this.#operations.set(name, operation);
    return operation;
  }

  /** Operations that were hardly seen are forgotten. */
  #halve(nowMs: number): void {
    this.#halvedAtMs = nowMs;
    for (const [name, operation] of this.#operations) {
      halved(operation);
      if (operation.total === 0) this.#operations.delete(name);
    }
  }
}

function bucketOf(durationNs: number): number {
  const bucket = Math.floor(bucketsPerOctave * (Math.log2(Math.max(durationNs, 1)) - firstOctave));
  return Math.min(Math.max(bucket, 0), buckets - 1);
}

/** Worked out again when a sixty-fourth more has come. */
function p99Of(operation: Operation): number {
  const { total, counts } = operation;
  if (total - operation.p99Of > total >> 6) {
    let below = 0;
    let bucket = 0;
    while (bucket < buckets - 1 && (below += counts[bucket]!) < total * 0.99) bucket++;
    operation.p99 = bucket;
    operation.p99Of = total;
  }
  return operation.p99;
}

function halved(operation: Operation): void {
  const { counts } = operation;
  let total = 0;
  for (let bucket = 0; bucket < buckets; bucket++) total += counts[bucket] = counts[bucket]! >> 1;
  operation.total = total;
  operation.p99Of = 0;
}
