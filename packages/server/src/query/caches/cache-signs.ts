import type { CacheEviction, CacheMemory, CacheSign } from '@bellwether/model';

type Values = readonly (number | null)[];

/** What one server, or one kind of cache in processes, tells of itself. */
export interface CacheCourse {
  readonly memory: CacheMemory;
  readonly evictions: readonly CacheEviction[];
  /** Writes per second; undefined where they are not known. */
  readonly writesPerSecond: number | undefined;
  /** Hit ratio of this kind of cache. */
  readonly hitRatio: Values;
  readonly stepMs: number;
}

const nearlyFull = 0.9;
const soonSeconds = 24 * 3600;

const known = (values: Values): readonly number[] => values.filter(value => value !== null);
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)}%`;
const perSecond = (rate: number): string =>
  `${rate < 1 ? rate.toFixed(2) : rate.toFixed(rate < 10 ? 1 : 0)} per second`;

function early(values: Values): readonly number[] {
  return known(values.slice(0, Math.floor(values.length / 2)));
}

function late(values: Values): readonly number[] {
  return known(values.slice(Math.floor(values.length * 0.75)));
}

/** What evictions and memory of a cache mean, in words; worst first. Nothing where nothing stands out. */
export function cacheSigns(course: CacheCourse): readonly CacheSign[] {
  const signs = [evicting(course), churn(course), full(course), filling(course), waves(course)];
  const order = { crit: 0, warn: 1, none: 2 };
  return signs.filter(sign => sign !== undefined).sort((a, b) => order[a.weight] - order[b.weight]);
}

function sign(
  { memory: { system, server } }: CacheCourse,
  kind: CacheSign['kind'],
  weight: CacheSign['weight'],
  text: string,
  advice: string,
): CacheSign {
  return { kind, weight, system, server, text, advice };
}

function usedShare({ usedBytes, limitBytes }: CacheMemory): number | undefined {
  return usedBytes === null || limitBytes === null || limitBytes === 0 ? undefined : usedBytes / limitBytes;
}

function rateOf({ evictions }: CacheCourse, reason: string): Values {
  return evictions.find(one => one.reason === reason)?.rate ?? [];
}

/** Entries are thrown out for room, and that began or grew: the usual sign of too little memory. */
function evicting(course: CacheCourse): CacheSign | undefined {
  const rate = rateOf(course, 'full');
  const [before, now] = [early(rate), late(rate)];
  if (now.length === 0 || mean(now) < 0.1) return undefined;
  const was = before.length === 0 ? 0 : mean(before);
  if (was > 0 && mean(now) < 2 * was) return undefined;
  const [hitBefore, hitNow] = [early(course.hitRatio), late(course.hitRatio)];
  const lost = hitBefore.length === 0 || hitNow.length === 0 ? 0 : mean(hitBefore) - mean(hitNow);
  const share = usedShare(course.memory);
  const at = share === undefined ? '' : ` while memory is at ${percent(share)} of its limit`;
  const hits = lost > 0.02 ? `; the hit ratio fell from ${percent(mean(hitBefore))} to ${percent(mean(hitNow))}` : '';
  const began = was === 0 ? 'began in this range' : `rose from ${perSecond(was)}`;
  return sign(
    course,
    'evicting',
    lost > 0.02 ? 'crit' : 'warn',
    `Entries are thrown out because it is full: ${perSecond(mean(now))}, which ${began}${at}${hits}.`,
    'Give it more memory, let entries live shorter, or keep less in it.',
  );
}

/** Much of what is written is thrown out before it can be read again. */
function churn(course: CacheCourse): CacheSign | undefined {
  const now = late(rateOf(course, 'full'));
  const writes = course.writesPerSecond;
  if (writes === undefined || writes <= 0 || now.length === 0) return undefined;
  const share = mean(now) / writes;
  // More than is written here: others write into it too, and how much they write is not known.
  if (share < 0.5 || share > 1.2 || mean(now) < 0.1) return undefined;
  return sign(
    course,
    'churn',
    'crit',
    `For every 10 entries that are written ${Math.min(Math.round(share * 10), 10)} are thrown out for room: it holds too little to be of use.`,
    'What is read again and again does not fit: give it more memory, or cache only what is read often.',
  );
}

function full(course: CacheCourse): CacheSign | undefined {
  const share = usedShare(course.memory);
  if (share === undefined || share < nearlyFull) return undefined;
  return sign(
    course,
    'full',
    'warn',
    `Memory is at ${percent(share)} of its limit.`,
    'From the limit on entries are thrown out, or writes refused, as its policy says.',
  );
}

/** It will be full within a day, if it goes on so. */
function filling(course: CacheCourse): CacheSign | undefined {
  const { usedBytes, limitBytes, used } = course.memory;
  const share = usedShare(course.memory);
  if (usedBytes === null || limitBytes === null || share === undefined || share >= nearlyFull) return undefined;
  const values = known(used);
  if (values.length < 6) return undefined;
  const third = Math.floor(values.length / 3);
  const steps = values.length - third;
  const grown = mean(values.slice(-third)) - mean(values.slice(0, third));
  const bytesPerSecond = grown / ((steps * course.stepMs) / 1000);
  if (bytesPerSecond <= 0) return undefined;
  const seconds = (limitBytes - usedBytes) / bytesPerSecond;
  if (seconds > soonSeconds) return undefined;
  const hours = seconds / 3600;
  const when = hours < 1.5 ? `${Math.max(Math.round(seconds / 60), 1)} minutes` : `${Math.round(hours)} hours`;
  return sign(
    course,
    'filling',
    'warn',
    `Memory grows steadily: it is full in about ${when}, if it goes on so.`,
    'See which keys grow, and whether they have a time to live.',
  );
}

/** Entries expire all at once: what needs them then asks the database all at once. */
function waves(course: CacheCourse): CacheSign | undefined {
  const rate = known(rateOf(course, 'ttl'));
  if (rate.length < 12) return undefined;
  const top = Math.max(...rate);
  const usual = mean(rate);
  if (usual <= 0 || top < 8 * usual || top * (course.stepMs / 1000) < 100) return undefined;
  return sign(
    course,
    'waves',
    'warn',
    `Entries expire in waves: up to ${perSecond(top)} at once, ${perSecond(usual)} on the average.`,
    'Entries that were written together run out together: add a random part to their time to live.',
  );
}
