import type { ErrorFrame } from '@bellwether/model';
import { stackParts } from '../../base/stack-frames.js';
import { type Fingerprint, errorFingerprint, isToldByFrames } from '../../enrich/error/error-fingerprint.js';
import type { SourceMaps } from '../../source-maps/source-maps.js';
import { type Asker, ask } from '../asker.js';
import { readEvents } from '../span.js';
import { inWindow, type TimeWindow, windowParams } from '../time-window.js';
import { readDebugIds } from './read-error-event.js';
import { framesOfStack } from './frames-of-stack.js';

/** Events of which the stacks are read at once. */
const batch = 100;

/** One way in which an error of a release came, and its newest event there; ids are 16 hex digits. */
export interface SeenVariant {
  readonly fingerprint: string;
  readonly variant: string;
  readonly version: string;
  readonly isLine: boolean;
  /** Nanoseconds since 1970. */
  readonly lastNs: string;
}

/** Errors of these releases that came in the window, the newest first. */
export async function seenVariants(
  asker: Asker,
  window: TimeWindow,
  versions: readonly string[],
  limit: number,
): Promise<readonly SeenVariant[]> {
  if (versions.length === 0) return [];
  const rows = await ask<{ fingerprint: string; variant: string; release: string; line: number; last: string }>(asker, {
    sql: `SELECT lower(hex(own)) AS fingerprint, lower(hex(bitXor(own, way))) AS variant, release, line, toUnixTimestamp64Nano(lastAt) AS last
FROM (${variantsIn('logs')} UNION ALL ${variantsIn('spans')}) ORDER BY lastAt DESC, fingerprint LIMIT {limit:UInt32}`,
    params: { ...windowParams(window), versions: [...versions], limit },
  });
  return rows.map(({ fingerprint, variant, release, line, last }) => ({
    fingerprint: fingerprint.padStart(16, '0'),
    variant: variant.padStart(16, '0'),
    version: release,
    isLine: Number(line) === 1,
    lastNs: last,
  }));
}

/** What the maps of its release make of a variant. */
export interface MappedVariant {
  /** What counts as another error with it: the whole fingerprint, or where that tells only the message, the variant. */
  readonly id: string;
  readonly fingerprint: string;
  readonly mapped: string;
  readonly version: string;
}

/** The fingerprints of these as they were written; only of those whose own frames were all found in maps. */
export async function mappedVariants(
  asker: Asker,
  maps: SourceMaps,
  seen: readonly SeenVariant[],
): Promise<readonly MappedVariant[]> {
  const found: MappedVariant[] = [];
  for (const isLine of [true, false]) {
    const some = seen.filter(one => one.isLine === isLine);
    for (let at = 0; at < some.length; at += batch) {
      for (const row of await readStacks(asker, some.slice(at, at + batch), isLine ? 'logs' : 'spans')) {
        const one = await mapVariant(asker.scope.workspace, maps, row);
        if (one !== undefined) found.push(one);
      }
    }
  }
  return found;
}

/** Which of these fingerprints errors came with, of all that is kept. */
export async function fingerprintsThatCame(asker: Asker, ids: readonly string[]): Promise<readonly string[]> {
  if (ids.length === 0) return [];
  const rows = await ask<{ id: string }>(asker, {
    sql: `SELECT DISTINCT lower(hex(own)) AS id FROM (${cameIn('logs')} UNION ALL ${cameIn('spans')})`,
    params: { fingerprints: ids.map(id => BigInt(`0x${id}`)) },
  });
  return rows.map(({ id }) => id.padStart(16, '0'));
}

const variantsIn = (table: 'logs' | 'spans'): string =>
  `SELECT error_fingerprint AS own, error_variant AS way, version AS release, ${table === 'logs' ? 1 : 0} AS line, max(ts) AS lastAt FROM ${table}
WHERE workspace = {workspace:String} AND ${inWindow()} AND error_fingerprint != 0 AND version IN {versions:Array(String)} GROUP BY own, way, release`;

const cameIn = (table: 'logs' | 'spans'): string =>
  `SELECT DISTINCT error_fingerprint AS own FROM ${table} WHERE workspace = {workspace:String} AND error_fingerprint IN {fingerprints:Array(UInt64)}`;

interface StackRow {
  readonly fingerprint: string;
  readonly variant: string;
  readonly release: string;
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly images: string;
  readonly events: string;
}

async function readStacks(
  asker: Asker,
  seen: readonly SeenVariant[],
  table: 'logs' | 'spans',
): Promise<readonly StackRow[]> {
  const times = seen.map(({ lastNs }) => BigInt(lastNs));
  const millis = times.map(time => Number(time / 1_000_000n));
  const rows = await ask<StackRow>(asker, {
    sql: `SELECT lower(hex(error_fingerprint)) AS fingerprint, lower(hex(bitXor(error_fingerprint, error_variant))) AS variant, version AS release,
  attrs['exception.type'] AS type, attrs['exception.message'] AS message, attrs['exception.stacktrace'] AS stack, attrs['sentry.debug_images'] AS images, ${table === 'spans' ? 'events' : "'' AS events"}
FROM ${table}
WHERE workspace = {workspace:String} AND ${inWindow()} AND error_fingerprint IN {fingerprints:Array(UInt64)} AND toUnixTimestamp64Nano(ts) IN {times:Array(Int64)}
LIMIT 1 BY fingerprint, variant, release`,
    params: {
      ...windowParams({ fromMs: Math.min(...millis), toMs: Math.max(...millis) + 1 }),
      fingerprints: [...new Set(seen.map(({ fingerprint }) => fingerprint))].map(id => BigInt(`0x${id}`)),
      times,
    },
  });
  return rows.map(row => ({
    ...row,
    fingerprint: row.fingerprint.padStart(16, '0'),
    variant: row.variant.padStart(16, '0'),
  }));
}

async function mapVariant(workspace: string, maps: SourceMaps, row: StackRow): Promise<MappedVariant | undefined> {
  const thrown = readEvents(row.events).find(({ name }) => name === 'exception')?.attributes;
  const of = (key: string): string | undefined => thrown?.find(attribute => attribute.key === key)?.value;
  const said =
    thrown === undefined
      ? { type: row.type, message: row.message, stacktrace: row.stack }
      : {
          type: of('exception.type') ?? '',
          message: of('exception.message') ?? '',
          stacktrace: of('exception.stacktrace') ?? '',
        };
  // An application that chose a fingerprint means it.
  if (said.stacktrace === '' || hex(errorFingerprint(said)) !== row.fingerprint) return undefined;
  const owner = { workspace, version: row.release, debugIds: readDebugIds(row.images) };
  const frames: ErrorFrame[] = [];
  for (const part of stackParts(said.stacktrace)) {
    const sent = framesOfStack(part);
    const read = await maps.frames(owner, sent);
    if (read.some(({ generated }, i) => sent[i]?.isOwn === true && generated === '')) return undefined;
    frames.push(...read);
  }
  const stacktrace = frames
    .map(({ called, place }) => `    at ${called === '' ? place : `${called} (${place})`}`)
    .join('\n');
  const mapped = hex(errorFingerprint({ ...said, stacktrace }));
  return {
    id: isToldByFrames(said.stacktrace) ? row.fingerprint : row.variant,
    fingerprint: row.fingerprint,
    mapped,
    version: row.release,
  };
}

function hex([low, high]: Fingerprint): string {
  return ((BigInt(high) << 32n) | BigInt(low)).toString(16).padStart(16, '0');
}
