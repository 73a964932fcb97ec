import { type Scope, type Value, plainValue } from './interpolate.js';

/** A moment of the page, and what a panel asks with. */
export interface BuiltInFacts {
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  /** How often targets are read: `$__rate_interval` spans four of it. */
  readonly scrapeMs: number;
  readonly dashboard: string;
  readonly uid: string;
}

const unitMs: { readonly [unit: string]: number } = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  M: 2_592_000_000,
  y: 31_536_000_000,
};

/** `30s`, `1h30m`, `>10s` in milliseconds; a number alone is seconds. Undefined when it is none. */
export function readIntervalMs(text: string): number | undefined {
  const bare = text.trim().replace(/^[<>]=?\s*/, '');
  if (/^\d+(?:\.\d+)?$/.test(bare)) return Number(bare) * 1000;
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhdwMy]))+$/.test(bare)) return undefined;
  let sum = 0;
  for (const [, count, unit] of bare.matchAll(/(\d+(?:\.\d+)?)(ms|[smhdwMy])/g))
    sum += Number(count) * (unitMs[unit ?? ''] ?? 0);
  return sum;
}

/** `90000` → `90s`, as PromQL takes it. */
export function writeInterval(ms: number): string {
  if (ms % 1000 !== 0) return `${Math.max(1, Math.round(ms))}ms`;
  for (const [unit, size] of [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
  ] as const) {
    if (ms >= size && ms % size === 0) return `${ms / size}${unit}`;
  }
  return `${ms / 1000}s`;
}

const niceMs = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000,
  600_000, 900_000, 1_200_000, 1_800_000, 3_600_000, 7_200_000, 10_800_000, 21_600_000, 43_200_000, 86_400_000,
  604_800_000, 2_592_000_000,
];

/** The step for a range drawn with about `points` points, not below `leastMs`: a round one. */
export function stepMsFor(rangeMs: number, points: number, leastMs: number): number {
  const exact = rangeMs / Math.max(points, 1);
  // The nearest of the round ones, as Grafana rounds.
  const at = niceMs.findIndex((ms, index) => exact < (ms + (niceMs[index + 1] ?? Infinity)) / 2);
  const nice = niceMs[at] ?? exact;
  // However short the step is asked for: no more than 11,000 points, which is where Prometheus says no.
  return Math.max(nice, leastMs, Math.ceil(rangeMs / 11_000));
}

/** `$__interval` and its like. */
export function builtIns({ fromMs, toMs, stepMs, scrapeMs, dashboard, uid }: BuiltInFacts): Scope {
  const rangeMs = toMs - fromMs;
  const rateMs = Math.max(stepMs + scrapeMs, 4 * scrapeMs);
  const values = new Map<string, Value>([
    ['__interval', plainValue(writeInterval(stepMs))],
    ['__interval_ms', plainValue(String(stepMs))],
    ['__rate_interval', plainValue(writeInterval(rateMs))],
    ['__rate_interval_ms', plainValue(String(rateMs))],
    ['__range', plainValue(`${Math.max(1, Math.round(rangeMs / 1000))}s`)],
    ['__range_s', plainValue(String(Math.max(1, Math.round(rangeMs / 1000))))],
    ['__range_ms', plainValue(String(Math.round(rangeMs)))],
    ['__from', plainValue(String(Math.round(fromMs)))],
    ['__to', plainValue(String(Math.round(toMs)))],
    ['__dashboard', plainValue(dashboard)],
    ['__dashboard_uid', plainValue(uid)],
    ['__url_time_range', plainValue(`from=${Math.round(fromMs)}&to=${Math.round(toMs)}`)],
  ]);
  return name => values.get(name);
}

/** The first that knows the name. */
export function firstOf(...scopes: readonly Scope[]): Scope {
  return (name, path) => {
    for (const scope of scopes) {
      const value = scope(name, path);
      if (value !== undefined) return value;
    }
    return undefined;
  };
}

/** What `auto` of an interval variable is for a range. */
export function autoInterval(rangeMs: number, steps: number, least: string): string {
  return writeInterval(stepMsFor(rangeMs, steps, readIntervalMs(least) ?? 1));
}
