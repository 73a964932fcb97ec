import { z } from 'zod';
import { type Asker, ask } from '../query/asker.js';
import { inWindow, windowParams } from '../query/time-window.js';
import type { ArrivedTrace } from './completed-traces.js';
import { factKeys, type GivenSpan, type Stall, type TraceSpans, traceSpans } from './trace-spans.js';

/** A trace and what its rows say besides, by the place of the span. */
export interface ReadTrace {
  readonly trace: TraceSpans;
  /** Of the first span, nanoseconds since 1970. */
  readonly startNs: bigint;
  readonly environment: (span: number) => string;
  readonly version: (span: number) => string;
  readonly tenantId: string;
  readonly weight: (span: number) => number;
}

interface Row {
  readonly traceId: string;
  readonly id: string;
  readonly parent: string;
  readonly start: string;
  readonly duration: string;
  readonly service: string;
  readonly name: string;
  readonly kind: number;
  readonly status: number;
  readonly environment: string;
  readonly version: string;
  readonly tenant: string;
  readonly httpStatus: string;
  readonly spanWeight: number;
  readonly told: Readonly<Record<string, string>>;
  readonly stalled: string;
}

/** Spans of all traces together, and of one; what is beyond is not looked at. */
const maxSpans = 30_000;
const maxSpansOfTrace = 10_000;
const minuteMs = 60_000;
/** Traces whose times are further apart are not read at once, and of one no more than a day is: a wrong clock would have all days read. */
const nearMs = 3_600_000;
const maxTraceMs = 86_400_000;

const keyList = factKeys.map(key => `'${key}'`).join(', ');

/** Reads traces of one workspace whole, as far as they have come. */
export async function readTraces(asker: Asker, wanted: readonly ArrivedTrace[]): Promise<readonly ReadTrace[]> {
  const read: ReadTrace[] = [];
  for (const near of nearInTime(wanted)) read.push(...(await readNear(asker, near)));
  return read;
}

function nearInTime(wanted: readonly ArrivedTrace[]): readonly (readonly ArrivedTrace[])[] {
  const groups: ArrivedTrace[][] = [];
  for (const trace of wanted.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const group = groups.at(-1);
    if (group !== undefined && lastMs(trace) - (group[0]?.fromMs ?? 0) <= nearMs) group.push(trace);
    else groups.push([trace]);
  }
  return groups;
}

const lastMs = ({ fromMs, toMs }: ArrivedTrace): number => Math.min(toMs, fromMs + maxTraceMs);

async function readNear(asker: Asker, wanted: readonly ArrivedTrace[]): Promise<readonly ReadTrace[]> {
  const window = {
    // Spans that came before those that were told of last.
    fromMs: Math.min(...wanted.map(({ fromMs }) => fromMs)) - minuteMs,
    toMs: Math.max(...wanted.map(lastMs)) + minuteMs,
  };
  const rows = await ask<Row>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS traceId, lower(hex(span_id)) AS id, lower(hex(parent_span_id)) AS parent, toUnixTimestamp64Nano(ts) AS start,
  duration_ns AS duration, service, name, kind, status_code AS status, environment, version, tenant_id AS tenant, http_status AS httpStatus, weight AS spanWeight,
  mapFilter((k, v) -> k IN (${keyList}), attrs) AS told, if(position(events, '"nodejs.eventloop.stall"') > 0, events, '') AS stalled
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()}
  AND trace_id IN (SELECT toFixedString(unhex(arrayJoin({traceIds:Array(String)})), 16))
LIMIT ${maxSpansOfTrace} BY trace_id
LIMIT ${maxSpans}`,
    params: { ...windowParams(window), traceIds: wanted.map(({ traceId }) => traceId) },
  });
  if (rows.length === maxSpans && wanted.length > 1) {
    // Huge traces take no room of the others: each half is read by itself.
    const middle = wanted.length >> 1;
    return [...(await readNear(asker, wanted.slice(0, middle))), ...(await readNear(asker, wanted.slice(middle)))];
  }
  const byTrace = new Map<string, Row[]>();
  for (const row of rows) {
    const list = byTrace.get(row.traceId);
    if (list === undefined) byTrace.set(row.traceId, [row]);
    else list.push(row);
  }
  return [...byTrace].map(([traceId, list]) => readTrace(traceId, list));
}

function readTrace(traceId: string, rows: readonly Row[]): ReadTrace {
  const startNs = rows.reduce(
    (first, { start }) => (BigInt(start) < first ? BigInt(start) : first),
    BigInt(rows[0]?.start ?? 0),
  );
  const byId = new Map(rows.map(row => [row.id, row]));
  const trace = traceSpans(
    traceId,
    [...byId.values()].map((row): GivenSpan => ({
      id: row.id,
      parent: row.parent,
      startUs: Number(BigInt(row.start) - startNs) / 1000,
      durationUs: Number(row.duration) / 1000,
      service: row.service,
      name: row.name,
      kind: row.kind,
      isError: row.status === 2,
      facts: row.httpStatus === '' ? row.told : { ...row.told, 'http.response.status_code': row.httpStatus },
      stalls: row.name === stallName ? [spanStall(row)] : row.stalled === '' ? [] : stallsOf(row.stalled),
    })),
  );
  const rowOf = (span: number): Row | undefined => byId.get(trace.id[span] ?? '');
  return {
    trace,
    startNs,
    environment: span => rowOf(span)?.environment ?? '',
    version: span => rowOf(span)?.version ?? '',
    tenantId: rows.find(({ tenant }) => tenant !== '')?.tenant ?? '',
    weight: span => rowOf(span)?.spanWeight ?? 1,
  };
}

const stallName = 'nodejs.eventloop.stall';

/** A stall that is a span of its own, as our SDK sends it. */
function spanStall({ duration, told }: Row): Omit<Stall, 'span'> {
  const { 'code.file.path': file = '', 'code.line.number': line = '' } = told;
  return { durationUs: Number(duration) / 1000, place: file === '' || line === '' ? file : `${file}:${line}` };
}

/** Attributes inside events: [key, type character, value]. */
const storedEvents = z.array(
  z.object({ n: z.string(), a: z.array(z.tuple([z.string(), z.string(), z.string()])).default([]) }),
);
const maxStalls = 100;

function stallsOf(text: string): readonly Omit<Stall, 'span'>[] {
  const events = storedEvents.safeParse(parsed(text));
  if (!events.success) return [];
  return events.data
    .filter(({ n }) => n === stallName)
    .slice(0, maxStalls)
    .map(({ a }) => {
      const told = new Map(a.map(([key, , value]) => [key, value]));
      const file = told.get('code.file.path') ?? '';
      const line = told.get('code.line.number') ?? '';
      const durationMs = Number(told.get('nodejs.eventloop.stall.duration_ms') ?? 0);
      return {
        durationUs: Number.isFinite(durationMs) ? durationMs * 1000 : 0,
        place: file === '' || line === '' ? file : `${file}:${line}`,
      };
    });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
