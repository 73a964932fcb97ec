import type { FindingAnswer, FindingEvidence, TraceFindingsAnswer } from '@bellwether/model';
import { type Asker, ask } from '../query/asker.js';
import { chooseSteps } from '../query/time-window.js';
import { findingKinds } from './detector.js';
import {
  findingParams,
  findingRows,
  findingsOf,
  hexId,
  type FindingScope,
  type SaidOfFindings,
  titleOf,
} from './list-findings.js';
import { rewritesOf } from './rewrite/rewrites-of.js';
import { whatItIs } from './what-it-is.js';

interface EvidenceRow {
  readonly traceId: string;
  readonly spanId: string;
  readonly time: string;
  readonly seen: number;
  readonly lost: string;
  readonly build: string;
  readonly tenant: string;
  readonly shown: string;
}

const evidenceColumns = `lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS spanId, toUnixTimestamp64Nano(ts) AS time, times AS seen, lost_ns AS lost,
  version AS build, tenant_id AS tenant, spans AS shown`;

const steps = 60;

/** One finding with its evidence and how to mend it; undefined when it was not seen in the range. */
export async function readFinding(
  asker: Asker,
  scope: FindingScope & { readonly id: string },
  said: SaidOfFindings,
): Promise<FindingAnswer | undefined> {
  const [listed] = await findingsOf(asker, scope, said);
  if (listed === undefined) return undefined;
  const { row, facts } = listed;
  const [newest, worst, histogram] = await Promise.all([
    evidence(asker, scope, 'ts DESC', 20),
    evidence(asker, scope, 'lost_ns DESC, ts DESC', 10),
    requestsByStep(asker, scope),
  ]);
  return {
    finding: row,
    ...whatItIs(row.kind, facts),
    statement: facts['statement'] ?? '',
    rewrites: [...rewritesOf(row.kind, facts)],
    histogram,
    newest,
    worst,
  };
}

async function evidence(asker: Asker, scope: FindingScope, order: string, limit: number): Promise<FindingEvidence[]> {
  const rows = await ask<EvidenceRow>(asker, {
    sql: `SELECT ${evidenceColumns}\nFROM findings FINAL\nWHERE ${findingRows(scope)}\nORDER BY ${order}\nLIMIT ${limit}`,
    params: findingParams(scope),
  });
  return rows.map(row => ({
    traceId: row.traceId,
    entrySpanId: row.spanId,
    timeNs: row.time,
    times: row.seen,
    lostMs: Number(row.lost) / 1e6,
    version: row.build,
    tenantId: row.tenant,
    spanIds: spanIds(row.shown),
  }));
}

const spanIds = (text: string): string[] => text.split(',').filter(id => id !== '');

async function requestsByStep(asker: Asker, scope: FindingScope): Promise<FindingAnswer['histogram']> {
  const { stepMs, stepsMs } = chooseSteps(scope, steps);
  const rows = await ask<{ step: string; n: number }>(asker, {
    sql: `SELECT intDiv(toUnixTimestamp64Milli(ts), {stepMs:Int64}) * {stepMs:Int64} AS step, sum(toFloat64(weight)) AS n
FROM findings FINAL
WHERE ${findingRows(scope)}
GROUP BY step`,
    params: { ...findingParams(scope), stepMs },
  });
  const counts = new Map(rows.map(({ step, n }) => [Number(step), n]));
  return { stepMs, stepsMs: [...stepsMs], counts: stepsMs.map(step => counts.get(step) ?? 0) };
}

/** What was found in one trace, found by its id alone. */
export async function findingsOfTrace(asker: Asker, traceId: string): Promise<TraceFindingsAnswer> {
  const rows = await ask<EvidenceRow & { id: string; what: string; about: string }>(asker, {
    sql: `SELECT toString(finding) AS id, kind AS what, subject AS about, ${evidenceColumns}
FROM findings FINAL
WHERE workspace = {workspace:String} AND trace_id = toFixedString(unhex({traceId:String}), 16)
ORDER BY lost_ns DESC
LIMIT 50`,
    params: { traceId },
  });
  return {
    findings: rows.flatMap(row => {
      const kind = findingKinds.find(known => known === row.what);
      if (kind === undefined) return [];
      return {
        id: hexId(row.id),
        kind,
        title: titleOf(kind),
        subject: row.about,
        times: row.seen,
        lostMs: Number(row.lost) / 1e6,
        timeMs: Number(BigInt(row.time) / 1_000_000n),
        spanIds: spanIds(row.shown),
      };
    }),
  };
}

/** Those of the findings that are in what is kept, whatever the range. */
export async function knownFindings(asker: Asker, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const rows = await ask<{ id: string }>(asker, {
    sql: 'SELECT DISTINCT lower(hex(finding)) AS id FROM findings WHERE workspace = {workspace:String} AND finding IN {findings:Array(UInt64)}',
    params: { findings: ids.map(id => BigInt(`0x${id}`)) },
  });
  return new Set(rows.map(({ id }) => id.padStart(16, '0')));
}
