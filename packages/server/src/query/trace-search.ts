import type { SearchNode, TraceHistogramAnswer, TraceRow, TraceSort, TracesAnswer } from '@bellwether/model';
import { BadInput } from '../base/bad-input.js';
import { QueryTooSlow } from '../store/store.js';
import { type Asker, ask } from './asker.js';
import { type Filter, searchFilter } from './compile-search.js';
import { type TimeWindow, chooseSteps, inWindow, windowParams } from './time-window.js';

export interface SearchQuestion extends TimeWindow {
  readonly search: SearchNode;
  readonly env: string | undefined;
}

export interface TracesQuestion extends SearchQuestion {
  readonly sort: TraceSort;
  readonly limit: number;
  readonly cursor: string | undefined;
}

const hourMs = 3_600_000;

/** How a sort ranks a trace: the greatest `key` of its matching spans, or their number. */
interface Ranking {
  /** An aggregate over a trace's matching spans, as a whole number. */
  readonly key: string;
  readonly among: string;
}

const rankings: Readonly<Record<Exclude<TraceSort, 'recent'>, Ranking>> = {
  slowest: { key: 'max(duration_ns)', among: 'true' },
  errors: { key: 'count()', among: 'status_code = 2' },
};

/** A trace that was found, with what it is ranked by. */
interface Found {
  readonly id: string;
  readonly key: bigint;
}

/**
 * Traces of which at least one span matches. First the ids are found, newest hours first, until the page is full;
 * then only those traces are read whole.
 *
 * A page follows the one before by (key, id), so that none is shown twice and none is left out, however many share a key.
 */
export async function searchTraces(asker: Asker, question: TracesQuestion): Promise<TracesAnswer> {
  const filter = await spanFilter(asker, question);
  const after = question.cursor === undefined ? undefined : readCursor(question.cursor);
  const { found, isPartial } =
    question.sort === 'recent'
      ? await newestTraces(asker, question, filter, after)
      : { found: await rankedTraces(asker, question, filter, rankings[question.sort], after), isPartial: false };
  const page = found.slice(0, question.limit);
  const last = page.at(-1);
  return {
    traces: await traceRows(asker, page, question),
    nextCursor: found.length > page.length && last !== undefined ? `${last.key}_${last.id}` : null,
    partial: isPartial,
  };
}

/** Matching spans per step, failed ones apart. A span counts for as many as it stands for. */
export async function traceHistogram(
  asker: Asker,
  question: SearchQuestion & { readonly steps: number },
): Promise<TraceHistogramAnswer> {
  const filter = await spanFilter(asker, question);
  const { stepMs, stepsMs } = chooseSteps(question, question.steps);
  const rows = await ask<{ step: string; stored: string; n: number; failed: number }>(asker, {
    sql: `SELECT intDiv(toUnixTimestamp64Milli(ts), {stepMs:Int64}) * {stepMs:Int64} AS step, count() AS stored,
  round(sum(weight)) AS n, round(sumIf(weight, status_code = 2)) AS failed
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND ${filter.condition}
GROUP BY step`,
    params: { ...filter.params, ...windowParams(question), stepMs },
  });
  const byStep = new Map(rows.map(row => [Number(row.step), { all: row.n, failed: row.failed }]));
  const at = (step: number): { readonly all: number; readonly failed: number } =>
    byStep.get(step) ?? { all: 0, failed: 0 };
  return {
    stepMs,
    stepsMs: [...stepsMs],
    ok: stepsMs.map(step => at(step).all - at(step).failed),
    errors: stepsMs.map(step => at(step).failed),
    total: rows.reduce((sum, row) => sum + row.n, 0),
    stored: rows.reduce((sum, row) => sum + Number(row.stored), 0),
  };
}

async function spanFilter(asker: Asker, { search, env }: SearchQuestion): Promise<Filter> {
  const filter = await searchFilter(asker, search, 'spans');
  if (env === undefined) return filter;
  return { condition: `environment = {env:String} AND ${filter.condition}`, params: { ...filter.params, env } };
}

/** `<key>_<trace id>` of the last row of a page. */
function readCursor(cursor: string): Found {
  const [, key, id] = /^(\d{1,19})_([0-9a-f]{32})$/.exec(cursor) ?? [];
  if (key === undefined || id === undefined) {
    throw new BadInput(
      'The cursor is not one that this page gave: take nextCursor of the answer before, or leave it out.',
    );
  }
  return { id, key: BigInt(key) };
}

/** One more than the page, newest matching span first. */
async function newestTraces(
  asker: Asker,
  question: TracesQuestion,
  filter: Filter,
  after: Found | undefined,
): Promise<{ readonly found: readonly Found[]; readonly isPartial: boolean }> {
  const wanted = question.limit + 1;
  const found: Found[] = [];
  /** Traces whose newest matching span lies above the cursor: an earlier page showed them. */
  const shown: string[] = [];
  const endMs = after === undefined ? question.toMs : Math.min(question.toMs, Number(after.key / 1_000_000n) + 1);
  let widthMs = hourMs;
  for (let toMs = endMs; toMs > question.fromMs;) {
    const fromMs = Math.max(question.fromMs, toMs - widthMs);
    try {
      const known = [...found.map(trace => trace.id), ...shown];
      const room = wanted - found.length;
      const page = await newestIn(asker, { fromMs, toMs }, filter, { after, known, limit: room });
      const above = after === undefined ? new Set<string>() : await tracesAbove(asker, page, question, filter, after);
      shown.push(...above);
      found.push(...page.filter(trace => !above.has(trace.id)));
      if (found.length >= wanted) return { found, isPartial: false };
      // The page was full, but some of it had been shown: the same window holds more.
      if (page.length === room) continue;
    } catch (error) {
      if (error instanceof QueryTooSlow && found.length > 0) return { found, isPartial: true };
      throw error;
    }
    toMs = fromMs;
    widthMs *= 2;
  }
  return { found, isPartial: false };
}

async function newestIn(
  asker: Asker,
  window: TimeWindow,
  filter: Filter,
  {
    after,
    known,
    limit,
  }: { readonly after: Found | undefined; readonly known: readonly string[]; readonly limit: number },
): Promise<readonly Found[]> {
  const rows = await ask<{ id: string; key: string }>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(max(ts)) AS key
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND ${filter.condition}${
      after === undefined ? '' : " AND ts <= fromUnixTimestamp64Nano({afterKey:Int64}, 'UTC')"
    }${known.length === 0 ? '' : ' AND trace_id NOT IN (SELECT toFixedString(unhex(arrayJoin({known:Array(String)})), 16))'}
GROUP BY trace_id${after === undefined ? '' : '\nHAVING (key, trace_id) < ({afterKey:Int64}, toFixedString(unhex({afterId:String}), 16))'}
ORDER BY key DESC, trace_id DESC
LIMIT {limit:UInt32}`,
    params: { ...filter.params, ...windowParams(window), ...afterParams(after), known, limit },
  });
  return rows.map(row => ({ id: row.id, key: BigInt(row.key) }));
}

function afterParams(after: Found | undefined): { readonly afterKey: bigint; readonly afterId: string } {
  return { afterKey: after?.key ?? 0n, afterId: after?.id ?? '' };
}

/** Which of these traces have a matching span newer than the cursor. */
async function tracesAbove(
  asker: Asker,
  traces: readonly Found[],
  question: TracesQuestion,
  filter: Filter,
  after: Found,
): Promise<ReadonlySet<string>> {
  if (traces.length === 0) return new Set();
  const rows = await ask<{ id: string }>(asker, {
    sql: `SELECT DISTINCT lower(hex(trace_id)) AS id
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16)) AND ${filter.condition}
  AND ts > fromUnixTimestamp64Nano({afterKey:Int64}, 'UTC')`,
    params: {
      ...filter.params,
      ...windowParams({ fromMs: Number(after.key / 1_000_000n), toMs: question.toMs }),
      afterKey: after.key,
      ids: traces.map(trace => trace.id),
    },
  });
  return new Set(rows.map(row => row.id));
}

/** One more than the page, over the whole window. */
async function rankedTraces(
  asker: Asker,
  question: TracesQuestion,
  filter: Filter,
  ranking: Ranking,
  after: Found | undefined,
): Promise<readonly Found[]> {
  const rows = await ask<{ id: string; key: string }>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS id, toInt64(${ranking.key}) AS key
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND ${ranking.among} AND ${filter.condition}
GROUP BY trace_id${after === undefined ? '' : '\nHAVING (key, trace_id) < ({afterKey:Int64}, toFixedString(unhex({afterId:String}), 16))'}
ORDER BY key DESC, trace_id DESC
LIMIT {limit:UInt32}`,
    params: { ...filter.params, ...windowParams(question), ...afterParams(after), limit: question.limit + 1 },
  });
  return rows.map(row => ({ id: row.id, key: BigInt(row.key) }));
}

interface TraceSummary {
  readonly id: string;
  readonly start: string;
  readonly end: string;
  readonly spans: string;
  readonly failed: string;
  readonly services: string[];
  readonly first: readonly [service: string, name: string, httpStatus: string, tenant: string, isRoot: number];
  readonly tenant: string;
}

/** The traces in the order given, read whole: also the spans that did not match, up to an hour around the window. */
async function traceRows(asker: Asker, traces: readonly Found[], question: TracesQuestion): Promise<TraceRow[]> {
  if (traces.length === 0) return [];
  const times = question.sort === 'recent' ? traces.map(trace => Number(trace.key / 1_000_000n)) : [];
  const rows = await ask<TraceSummary>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS id, toUnixTimestamp64Nano(min(ts)) AS start, max(toUnixTimestamp64Nano(ts) + toInt64(duration_ns)) AS end,
  count() AS spans, countIf(status_code = 2) AS failed, groupUniqArray(50)(service) AS services,
  argMin((service, name, http_status, tenant_id, parent_span_id = unhex('0000000000000000')),
    (parent_span_id != unhex('0000000000000000'), ts, span_id)) AS first,
  anyIf(tenant_id, tenant_id != '') AS tenant
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({ids:Array(String)})), 16))
GROUP BY trace_id`,
    params: {
      ...windowParams({
        fromMs: (times.length === 0 ? question.fromMs : Math.min(...times)) - hourMs,
        toMs: (times.length === 0 ? question.toMs : Math.max(...times)) + hourMs,
      }),
      ids: traces.map(trace => trace.id),
    },
  });
  const byId = new Map(rows.map(row => [row.id, row]));
  return traces.flatMap(({ id }) => {
    const row = byId.get(id);
    if (row === undefined) return [];
    const [rootService, rootName, httpStatus, tenant, isRoot] = row.first;
    return [
      {
        traceId: id,
        startNs: row.start,
        durationMs: Number(BigInt(row.end) - BigInt(row.start)) / 1e6,
        rootService,
        rootName,
        hasRoot: isRoot === 1,
        spanCount: Number(row.spans),
        errorCount: Number(row.failed),
        services: [rootService, ...row.services.filter(service => service !== rootService).sort()],
        httpStatus,
        tenantId: tenant === '' ? row.tenant : tenant,
      },
    ];
  });
}
