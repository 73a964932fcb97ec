import type { DatabaseTarget } from './database-target.js';

/** From how many milliseconds on a query is slow: in general, and for the data sources that are named. */
export interface SlowQueryThresholds {
  readonly defaultMs: number;
  /** By `db.system.name`, by the database's name, by `host:port` or by `host:port/name`; the longest that fits counts. */
  readonly bySource: ReadonlyMap<string, number>;
}

export const defaultSlowQueryMs = 1000;

/** The threshold of one data source. */
export function thresholdOf(
  { defaultMs, bySource }: SlowQueryThresholds,
  { system, namespace, address, port }: DatabaseTarget,
): number {
  const host = `${address ?? ''}:${port ?? ''}`;
  const names = [`${host}/${namespace ?? ''}`, host, namespace ?? '', system];
  for (const name of names) {
    const ms = bySource.get(name);
    if (ms !== undefined) return ms;
  }
  return defaultMs;
}

/** `500`, `shop=100`, or several with commas between: milliseconds in general and by data source. What cannot be read is named in `problems`. */
export function readThresholds(
  value: number | string | Readonly<Record<string, number>> | undefined,
  variable: string,
  problems: string[],
  fallbackMs = defaultSlowQueryMs,
): SlowQueryThresholds {
  const bySource = new Map<string, number>();
  let defaultMs = fallbackMs;
  for (const [source, text] of pairs(value)) {
    const ms = Number(text);
    if (!(ms > 0)) problems.push(`${variable} should be milliseconds such as 500 or shop=100, not "${text}"`);
    else if (source === '' || source === 'default') defaultMs = ms;
    else bySource.set(source, ms);
  }
  return { defaultMs, bySource };
}

function pairs(
  value: number | string | Readonly<Record<string, number>> | undefined,
): readonly (readonly [string, unknown])[] {
  if (value === undefined || value === '') return [];
  if (typeof value === 'number') return [['', value]];
  if (typeof value === 'object') return Object.entries(value);
  return value.split(',').map(item => {
    const at = item.lastIndexOf('=');
    return at < 0 ? ['', item.trim()] : [item.slice(0, at).trim(), item.slice(at + 1).trim()];
  });
}
