import type { ServerFigures } from './cache-server-figures.js';

/** The figures in an answer to `INFO` (https://redis.io/docs/latest/commands/info/). */
export function figuresOfInfo(text: string): ServerFigures {
  const fields = new Map<string, string>();
  for (const line of text.slice(0, 100_000).split(/\r?\n/)) {
    const at = line.indexOf(':');
    if (at > 0) fields.set(line.slice(0, at), line.slice(at + 1));
  }
  const number = (name: string): number => Number(fields.get(name) ?? Number.NaN);
  let items = 0;
  for (const [name, value] of fields) {
    if (/^db\d+$/.test(name)) items += Number(/keys=(\d+)/.exec(value)?.[1] ?? 0);
  }
  return {
    evictions: number('evicted_keys'),
    expired: number('expired_keys'),
    memoryBytes: number('used_memory'),
    maxMemoryBytes: number('maxmemory'),
    items,
  };
}
