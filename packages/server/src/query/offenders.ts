import type { OffenderRow, OffendersAnswer } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { calledServices } from './called-services.js';
import { type RedRow, callKinds, entryKinds, readRed, redColumns, totals } from './red.js';
import { type TimeWindow, fromWholeMinute, inWindow, windowParams } from './time-window.js';

export interface OffendersQuestion extends TimeWindow {
  readonly env: string | undefined;
  readonly compare: TimeWindow | undefined;
  readonly limit: number;
  readonly nowMs: number;
}

/** Where the time of all services goes: their endpoints, and what they call, by total time. */
export async function listOffenders(asker: Asker, question: OffendersQuestion): Promise<OffendersAnswer> {
  const [endpoints, calls] = await Promise.all([
    rowsOf(asker, question, { kinds: entryKinds, name: 'operation' }),
    rowsOf(asker, question, { kinds: callKinds, name: 'peer' }),
  ]);
  return { endpoints, calls: await byName(asker, question, calls) };
}

/** So many services are asked who answered them: those that spend most time in calls. */
const mostAsked = 10;

/** Calls with the service that answered instead of its address. */
async function byName(asker: Asker, window: TimeWindow, calls: readonly OffenderRow[]): Promise<OffenderRow[]> {
  const services = [...new Set(calls.map(({ service }) => service))].slice(0, mostAsked);
  const answering = new Map(
    await Promise.all(services.map(async service => [service, await calledServices(asker, service, window)] as const)),
  );
  return calls.map(row => ({ ...row, name: answering.get(row.service)?.get(row.name) ?? row.name }));
}

interface Of {
  /** A condition on the spans' kind. */
  readonly kinds: string;
  /** The column that names one. */
  readonly name: 'operation' | 'peer';
}

interface NamedRow extends RedRow {
  readonly service: string;
  readonly called: string;
  readonly spanKind: number;
  readonly wholeNs: string;
}

const kindNames: readonly string[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

async function rowsOf(asker: Asker, question: OffendersQuestion, of: Of): Promise<OffenderRow[]> {
  const [now, before] = await Promise.all([
    read(asker, question, question.env, of, question.limit),
    // One that was among the first then may not be now, so more are read.
    question.compare === undefined ? [] : read(asker, question.compare, question.env, of, 1000),
  ]);
  const nsBefore = new Map(before.map(row => [keyOf(row), Number(row.ns)]));
  const seconds = Math.max((Math.min(question.toMs, question.nowMs) - question.fromMs) / 1000, 1);
  return now.map((row): OffenderRow => {
    const red = readRed(row);
    const { requests, requestsPerSecond, errorRatio, p95Ms, meanMs } = totals(red, seconds);
    const earlier = nsBefore.get(keyOf(row));
    const whole = Number(row.wholeNs);
    return {
      service: row.service,
      name: row.called,
      kind: kindNames[row.spanKind] ?? 'unspecified',
      requests,
      requestsPerSecond,
      errorRatio,
      p95Ms,
      meanMs,
      totalMs: red.durationNs / 1e6,
      timeShare: whole === 0 ? 0 : red.durationNs / whole,
      totalChange: earlier === undefined || earlier === 0 ? null : red.durationNs / earlier - 1,
    };
  });
}

function keyOf({ service, called, spanKind }: NamedRow): string {
  return JSON.stringify([service, called, spanKind]);
}

function read(
  asker: Asker,
  window: TimeWindow,
  env: string | undefined,
  { kinds, name }: Of,
  limit: number,
): Promise<readonly NamedRow[]> {
  const where = `WHERE workspace = {workspace:String} AND ${inWindow('minute')} AND ${kinds}${env === undefined ? '' : ' AND environment = {env:String}'}`;
  return ask<NamedRow>(asker, {
    sql: `SELECT service, ${name} AS called, kind AS spanKind, ${redColumns}, (SELECT sum(duration_ns) FROM red_minutes ${where}) AS wholeNs
FROM red_minutes
${where}
GROUP BY service, called, spanKind
ORDER BY sum(duration_ns) DESC, service, called
LIMIT {limit:UInt32}`,
    params: { ...windowParams(fromWholeMinute(window)), limit, ...(env !== undefined && { env }) },
  });
}
