import type { OffenderRow, OffendersAnswer } from '@bellwether/model';
import { type Asker, ask } from './asker.js';
import { calledServices } from './called-services.js';
import { groupBy } from './group-by.js';
import { peerType } from './peer-type.js';
import { type RedRow, addRed, callKinds, entryKinds, readRed, redColumns, totals } from './red.js';
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
  return { endpoints, calls };
}

/** So many services are asked who answered them: those that spend most time in calls. */
const mostAsked = 10;
const mostAddresses = 10;

/** The service that answered behind an address which a service calls; undefined where nobody is known. */
async function answerers(
  asker: Asker,
  window: TimeWindow,
  calls: readonly NamedRow[],
): Promise<(row: NamedRow) => string | undefined> {
  const services = [...new Set(calls.map(({ service }) => service))].slice(0, mostAsked);
  const answering = new Map(
    await Promise.all(services.map(async service => [service, await calledServices(asker, service, window)] as const)),
  );
  return ({ service, called }) => answering.get(service)?.get(called);
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

const producerKind = 4;
const kindNames: readonly string[] = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'];

async function rowsOf(asker: Asker, question: OffendersQuestion, of: Of): Promise<OffenderRow[]> {
  const [now, before] = await Promise.all([
    read(asker, question, question.env, of, question.limit),
    // One that was among the first then may not be now, so more are read.
    question.compare === undefined ? [] : read(asker, question.compare, question.env, of, 1000),
  ]);
  const isCalls = of.name === 'peer';
  const answererOf = isCalls ? await answerers(asker, question, now) : (): undefined => undefined;
  const keyOf = (row: NamedRow): string => JSON.stringify([row.service, answererOf(row) ?? row.called, row.spanKind]);
  const nsBefore = new Map(
    [...groupBy(before, keyOf)].map(([key, rows]) => [key, rows.reduce((sum, { ns }) => sum + Number(ns), 0)]),
  );
  const seconds = Math.max((Math.min(question.toMs, question.nowMs) - question.fromMs) / 1000, 1);
  return [...groupBy(now, keyOf)]
    .flatMap(([key, rows]): readonly OffenderRow[] => {
      const [row] = rows;
      if (row === undefined) return [];
      const red = addRed(rows.map(readRed));
      const { requests, requestsPerSecond, errorRatio, p95Ms, meanMs } = totals(red, seconds);
      const earlier = nsBefore.get(key);
      const whole = Number(row.wholeNs);
      const answerer = answererOf(row);
      const type = answerer === undefined ? peerType(row.called, row.spanKind === producerKind) : 'http';
      return [
        {
          service: row.service,
          name: answerer ?? row.called,
          kind: kindNames[row.spanKind] ?? 'unspecified',
          type: isCalls ? type : '',
          addresses: isCalls ? rows.map(({ called }) => called).slice(0, mostAddresses) : [],
          requests,
          requestsPerSecond,
          errorRatio,
          p95Ms,
          meanMs,
          totalMs: red.durationNs / 1e6,
          timeShare: whole === 0 ? 0 : red.durationNs / whole,
          totalChange: earlier === undefined || earlier === 0 ? null : red.durationNs / earlier - 1,
        },
      ];
    })
    .sort((a, b) => b.totalMs - a.totalMs);
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
    sql: `SELECT service, ${name} AS called, kind AS spanKind, ${redColumns}, (SELECT sum(duration_ns) FROM operation_minutes ${where}) AS wholeNs
FROM operation_minutes
${where}
GROUP BY service, called, spanKind
ORDER BY sum(duration_ns) DESC, service, called
LIMIT {limit:UInt32}`,
    params: { ...windowParams(fromWholeMinute(window)), limit, ...(env !== undefined && { env }) },
  });
}
