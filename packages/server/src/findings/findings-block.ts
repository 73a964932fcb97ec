import { createHash } from 'node:crypto';
import { writeFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { ChdbStore } from '../store/chdb-store.js';
import { stringValues, textValues } from '../store/native/row-texts.js';
import { findings } from '../store/native/tables.js';
import type { SeenFinding } from './analyse.js';
import type { ReadTrace } from './read-traces.js';

/** A finding in one trace, as it is stored. */
export interface FindingRow {
  readonly workspace: string;
  readonly from: ReadTrace;
  readonly seen: SeenFinding;
  /** So many traces this one stands for besides what its spans say: 1, or more when not every trace was looked at. */
  readonly times: number;
}

/** Of each row; the page marks these in the waterfall. */
const maxSpansKept = 60;
const dayMs = 86_400_000;

/** Stores rows through a `Native` file, as every block. The same rows twice are stored once. */
export async function storeFindings(
  store: ChdbStore,
  blocksDir: string,
  rows: readonly FindingRow[],
  nowMs: number,
): Promise<void> {
  if (rows.length === 0) return;
  const texts = (of: (row: FindingRow) => string): ReturnType<typeof textValues> => textValues(rows.map(of));
  const strings = (of: (row: FindingRow) => string): ReturnType<typeof stringValues> => stringValues(rows.map(of));
  const entryId = ({ from, seen }: FindingRow): string => from.trace.id[seen.entry] ?? '';
  const chunks = findings.encode(rows.length, {
    workspace: texts(row => row.workspace),
    ts: BigInt64Array.from(
      rows,
      ({ from, seen }) => from.startNs + BigInt(Math.round((from.trace.startUs[seen.entry] ?? 0) * 1000)),
    ),
    finding: BigUint64Array.from(rows, ({ seen }) => seen.finding),
    kind: texts(({ seen }) => seen.kind),
    service: texts(({ seen }) => seen.service),
    route: texts(({ seen }) => seen.route),
    subject: strings(({ seen }) => seen.subject),
    environment: texts(({ from, seen }) => from.environment(seen.entry)),
    version: texts(({ from, seen }) => from.version(seen.entry)),
    tenant_id: texts(({ from }) => from.tenantId),
    trace_id: hexBytes(
      rows.map(({ from }) => from.trace.traceId),
      16,
    ),
    span_id: hexBytes(rows.map(entryId), 8),
    spans: strings(({ from, seen }) =>
      seen.spans
        .slice(0, maxSpansKept)
        .map(span => from.trace.id[span] ?? '')
        .join(','),
    ),
    times: Uint32Array.from(rows, ({ seen }) => seen.times),
    lost_ns: BigUint64Array.from(rows, ({ seen }) => BigInt(Math.round(seen.lostUs * 1000))),
    weight: Float32Array.from(rows, ({ from, seen, times }) => from.weight(seen.entry) * times),
    facts: strings(({ seen }) => JSON.stringify(seen.facts)),
    analysed: BigInt64Array.from(rows, () => BigInt(nowMs)),
    received: Uint16Array.from(rows, () => nowMs / dayMs),
  });
  const bytes = Buffer.concat(chunks);
  const token = `findings-${createHash('sha256').update(bytes).digest('hex').slice(0, 32)}`;
  const path = join(blocksDir, `${token}.findings.native`);
  try {
    await writeFile(path, bytes, { mode: 0o600 });
    await store.insert(findings.name, path, token);
  } finally {
    await rm(path, { force: true });
  }
}

function hexBytes(ids: readonly string[], width: number): Uint8Array {
  const bytes = new Uint8Array(ids.length * width);
  ids.forEach((id, i) => bytes.set(Buffer.from(id, 'hex').subarray(0, width), i * width));
  return bytes;
}
