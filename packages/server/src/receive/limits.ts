import { Refusal } from '../base/refusal.js';
import type { Admission } from './workspace.js';

/** What one key, or one workspace, may send. Undefined: as much as it likes. */
export interface SendLimits {
  readonly itemsPerSecond?: number | undefined;
  /** Unpacked. */
  readonly bytesPerSecond?: number | undefined;
  /** Of one body, unpacked; the limit of all bodies holds besides. */
  readonly maxRequestBytes?: number | undefined;
  readonly maxItemsPerRequest?: number | undefined;
  /** What was not used in so many seconds may be sent at once. */
  readonly burstSeconds: number;
}

export interface LimiterOptions {
  /** Of each workspace, all its keys together. */
  readonly workspace: SendLimits;
  /** Of keys that have limits of their own, by name. */
  readonly keys: ReadonlyMap<string, SendLimits>;
  /** A clock that never goes back, ms. */
  readonly now: () => number;
}

/** Of the workspaces that nobody heard of lately, those beyond are forgotten: their buckets are full again. */
const maxBuckets = 10_000;
const longestPauseSeconds = 60;

/** So much per second; what was not used adds up to `burstSeconds` of it. It may go into debt by one request, and gives nothing until that is paid. */
class Bucket {
  readonly #perSecond: number;
  readonly #capacity: number;
  #left: number;
  #atMs: number;

  constructor(perSecond: number, burstSeconds: number, nowMs: number) {
    this.#perSecond = perSecond;
    this.#capacity = perSecond * burstSeconds;
    this.#left = this.#capacity;
    this.#atMs = nowMs;
  }

  /** Seconds until it gives again; 0: now. */
  pauseSeconds(nowMs: number): number {
    this.#fill(nowMs);
    return this.#left > 0 ? 0 : -this.#left / this.#perSecond + 1;
  }

  take(amount: number, nowMs: number): void {
    this.#fill(nowMs);
    this.#left -= amount;
  }

  #fill(nowMs: number): void {
    this.#left = Math.min(this.#capacity, this.#left + ((nowMs - this.#atMs) / 1000) * this.#perSecond);
    this.#atMs = nowMs;
  }
}

interface Buckets {
  readonly limits: SendLimits;
  readonly whose: string;
  readonly items: Bucket | undefined;
  readonly bytes: Bucket | undefined;
}

/**
 * Holds senders to what they may send. A request is refused before it is read when its key or workspace has used up what it may; one that comes in is
 * charged for what it turned out to be, so that the last one may go beyond by itself.
 */
export class Limiter {
  readonly #options: LimiterOptions;
  readonly #workspaces = new Map<string, Buckets>();
  readonly #keys = new Map<string, Buckets>();

  constructor(options: LimiterOptions) {
    this.#options = options;
  }

  /** Throws a 429 `Refusal` that says when to come again. */
  check(admission: Admission): void {
    const nowMs = this.#options.now();
    for (const { whose, limits, items, bytes } of this.#bucketsOf(admission)) {
      const pause = Math.max(items?.pauseSeconds(nowMs) ?? 0, bytes?.pauseSeconds(nowMs) ?? 0);
      if (pause === 0) continue;
      const { itemsPerSecond, bytesPerSecond } = limits;
      const allowed = [
        itemsPerSecond === undefined ? [] : [`${itemsPerSecond} items`],
        bytesPerSecond === undefined ? [] : [`${bytesPerSecond} bytes`],
      ].flat();
      throw new Refusal(`${whose} sends more than the ${allowed.join(' and ')} per second it may`, {
        status: 429,
        reason: 'rate-limit',
        remedy: 'Send less, or raise its limits (ingest.limits, ingest.keys[].limits)',
        retryAfterSeconds: Math.min(longestPauseSeconds, Math.ceil(pause)),
      });
    }
  }

  /** The largest body it may send, unpacked. */
  maxRequestBytes(admission: Admission, otherwise: number): number {
    return this.#bucketsOf(admission).reduce(
      (least, { limits }) => Math.min(least, limits.maxRequestBytes ?? least),
      otherwise,
    );
  }

  /** Throws a 413 `Refusal` for a request with more items than one may have. */
  checkItems(admission: Admission, items: number): void {
    for (const { whose, limits } of this.#bucketsOf(admission)) {
      const most = limits.maxItemsPerRequest;
      if (most === undefined || items <= most) continue;
      throw new Refusal(`the request has ${items} items, and one of ${whose} may have ${most}`, {
        status: 413,
        reason: 'too-many-items',
        remedy: 'Let the sender make smaller batches, or raise maxItemsPerRequest',
      });
    }
  }

  charge(admission: Admission, items: number, bytes: number): void {
    const nowMs = this.#options.now();
    for (const buckets of this.#bucketsOf(admission)) {
      buckets.items?.take(items, nowMs);
      buckets.bytes?.take(bytes, nowMs);
    }
  }

  #bucketsOf({ workspace, key }: Admission): readonly Buckets[] {
    const ofKey = key === '' ? undefined : this.#options.keys.get(key);
    const own = isLimited(this.#options.workspace)
      ? [this.#known(this.#workspaces, workspace, `the workspace ${workspace}`, this.#options.workspace)]
      : [];
    return ofKey === undefined ? own : [...own, this.#known(this.#keys, key, `the key ${key}`, ofKey)];
  }

  #known(all: Map<string, Buckets>, name: string, whose: string, limits: SendLimits): Buckets {
    const known = all.get(name);
    if (known !== undefined) return known;
    const bucket = (perSecond: number | undefined): Bucket | undefined =>
      perSecond === undefined ? undefined : new Bucket(perSecond, limits.burstSeconds, this.#options.now());
    const made = { limits, whose, items: bucket(limits.itemsPerSecond), bytes: bucket(limits.bytesPerSecond) };
    if (all.size >= maxBuckets) all.delete(all.keys().next().value ?? '');
    all.set(name, made);
    return made;
  }
}

function isLimited({ itemsPerSecond, bytesPerSecond, maxRequestBytes, maxItemsPerRequest }: SendLimits): boolean {
  return [itemsPerSecond, bytesPerSecond, maxRequestBytes, maxItemsPerRequest].some(limit => limit !== undefined);
}
