import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { parse } from 'yaml';
import { targetGroups } from '../config/scrape-configs.js';
import type { FileDiscovery } from '../config/scrape-job.js';
import type { Discovery } from './discovery.js';
import type { TargetGroup } from './target.js';

const maxFileBytes = 16 << 20;

/** How often files are looked at; a changed one is read at once. */
const lookMs = 2000;

interface KnownFile {
  readonly version: string;
  readonly groups: readonly TargetGroup[];
}

/** Targets from files, as `file_sd_configs`. A file that can not be read, or not understood, keeps the targets it had; one that is gone has none. */
export function fileDiscovery({ files: patterns, refreshMs }: FileDiscovery): Discovery {
  let known = new Map<string, KnownFile>();
  let groups: readonly TargetGroup[] = [];
  return {
    what: `file_sd_configs ${patterns.join(', ')}`,
    everyMs: Math.min(refreshMs, lookMs),
    async find() {
      const next = new Map<string, KnownFile>();
      const faults: string[] = [];
      for (const path of (await Promise.all(patterns.map(matching))).flat()) {
        const before = known.get(path);
        try {
          next.set(path, await read(path, before));
        } catch (error) {
          faults.push(`${path}: ${error instanceof Error ? error.message : String(error)}`);
          if (before !== undefined) next.set(path, before);
        }
      }
      const isSame = next.size === known.size && [...next].every(([path, file]) => known.get(path) === file);
      if (!isSame) groups = [...next.values()].flatMap(file => file.groups);
      known = next;
      return { groups, faults };
    },
  };
}

/** Paths that a pattern stands for, in their order; `*` stands in its last part only. */
async function matching(pattern: string): Promise<readonly string[]> {
  const name = basename(pattern);
  if (!name.includes('*')) return [pattern];
  const parts = name.split('*');
  const entries = await readdir(dirname(pattern)).catch(() => []);
  return entries
    .filter(entry => fits(entry, parts))
    .sort()
    .map(entry => join(dirname(pattern), entry));
}

/** Does a name hold these parts in their order, the first at its beginning and the last at its end? */
function fits(name: string, parts: readonly string[]): boolean {
  const first = parts[0] ?? '';
  const last = parts.at(-1) ?? '';
  if (!name.startsWith(first) || !name.endsWith(last) || name.length < first.length + last.length) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = name.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  return at <= name.length - last.length;
}

async function read(path: string, before: KnownFile | undefined): Promise<KnownFile> {
  const { mtimeMs, size, ino } = await stat(path);
  const version = `${mtimeMs} ${size} ${ino}`;
  if (before?.version === version) return before;
  if (size > maxFileBytes) throw new Error(`is larger than ${maxFileBytes} bytes`);
  const text = await readFile(path, 'utf8');
  const value: unknown = path.endsWith('.json') ? JSON.parse(text) : parse(text, { maxAliasCount: 100 });
  const parsed = targetGroups.safeParse(value ?? []);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    throw new Error(`${issue?.path.join('.') ?? ''} ${issue?.message ?? 'is no list of target groups'}`.trim());
  }
  const groups = parsed.data.map(group => ({ ...group, labels: { ...group.labels, __meta_filepath: path } }));
  return { version, groups };
}
