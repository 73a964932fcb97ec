import { type CallSample, type DatabaseQueryAnswer, queryHash } from '@bellwether/model';
import { type Asker, ask } from '../asker.js';
import { callFigures, callSeries } from '../calls/call-figures.js';
import { durationHeatmap } from '../calls/duration-heatmap.js';
import { readCallers } from '../calls/read-callers.js';
import { readCallingServices, readOperations, readSteps } from '../calls/read-calls.js';
import { sampleWindow } from '../calls/sample-window.js';
import { groupBy } from '../group-by.js';
import { addRed, windowSeconds } from '../red.js';
import { statementShape } from '../statement-shape.js';
import { type TimeWindow, inWindow, windowParams } from '../time-window.js';
import { callSteps, databaseName } from './list-databases.js';

export interface QueryQuestion extends TimeWindow {
  readonly env: string | undefined;
  /** The database's name: `postgresql shop`. */
  readonly database: string;
  readonly hash: string;
  readonly compare: TimeWindow | undefined;
  readonly nowMs: number;
}

/** Calls that are looked at one by one. */
const maxLooked = 2000;
/** Summaries among which one is looked up. */
const maxSummaries = 10_000;
const maxPlans = 5;

interface CallRow {
  readonly trace: string;
  readonly span: string;
  readonly parent: string;
  readonly service: string;
  readonly startMs: string;
  readonly ns: string;
  readonly status: number;
  readonly statement: string;
  readonly rows: string;
  readonly file: string;
  readonly line: string;
  readonly called: string;
  readonly orm: string;
  readonly model: string;
  readonly ormOperation: string;
}

/** One query of one database; undefined when it was not sent in this range. */
export async function readQuery(asker: Asker, question: QueryQuestion): Promise<DatabaseQueryAnswer | undefined> {
  const { env, database, hash, compare, nowMs } = question;
  const steps = callSteps(question);
  const all = await readOperations(asker, 'client', { env, peers: [database] }, steps, maxSummaries);
  const found = all.find(({ operation }) => queryHash(operation) === hash);
  if (found === undefined) return undefined;
  const scope = { env, peers: [database], operation: found.operation };
  const stepsBefore = compare === undefined ? undefined : callSteps(compare);
  const [byStep, before, services] = await Promise.all([
    readSteps(asker, 'client', scope, steps),
    stepsBefore === undefined ? undefined : readSteps(asker, 'client', scope, stepsBefore),
    readCallingServices(asker, 'client', scope, steps),
  ]);
  const window = sampleWindow(byStep, steps, maxLooked) ?? steps.window;
  const looked = await readLooked(
    asker,
    question,
    window,
    found.operation,
    services.map(({ service }) => service),
  );
  const [callers, plans] = await Promise.all([
    readCallers(
      asker,
      looked.map(row => ({
        traceId: row.trace,
        spanId: row.span,
        parentId: row.parent,
        service: row.service,
        durationNs: Number(row.ns),
      })),
      window,
    ),
    readPlans(asker, question, found.operation),
  ]);
  const calls = services.reduce((sum, one) => sum + one.calls, 0);
  const { system, namespace } = databaseName(database);
  return {
    database,
    system,
    namespace,
    summary: found.operation,
    hash,
    stepsMs: [...steps.stepsMs],
    stepMs: steps.stepMs,
    lastStepIncomplete: (steps.stepsMs.at(-1) ?? 0) + steps.stepMs > Math.min(nowMs, question.toMs),
    totals: callFigures(addRed([...byStep.values()]), windowSeconds(steps, nowMs)),
    totalsBefore:
      before === undefined || stepsBefore === undefined
        ? null
        : callFigures(addRed([...before.values()]), windowSeconds(stepsBefore, nowMs)),
    now: callSeries(byStep, steps, nowMs),
    before: before === undefined || stepsBefore === undefined ? null : callSeries(before, stepsBefore, nowMs),
    heatmap: durationHeatmap(byStep, steps),
    services: services.map(one => ({ ...one, share: calls === 0 ? 0 : one.calls / calls })),
    looked: { calls: looked.length, fromMs: Math.max(window.fromMs, 0), toMs: window.toMs },
    callers: [...callers],
    texts: textsOf(looked),
    places: placesOf(looked),
    orms: ormsOf(looked),
    samples: samplesOf(looked),
    plans: [...plans],
  };
}

const either = (key: string, older: string): string => `if(attrs['${key}'] != '', attrs['${key}'], attrs['${older}'])`;

/** The newest calls with what was told of each. */
async function readLooked(
  asker: Asker,
  { env, database }: QueryQuestion,
  window: TimeWindow,
  operation: string,
  services: readonly string[],
): Promise<readonly CallRow[]> {
  if (services.length === 0) return [];
  const { system, namespace } = databaseName(database);
  return ask<CallRow>(asker, {
    sql: `SELECT lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span, lower(hex(parent_span_id)) AS parent, service,
  toUnixTimestamp64Milli(ts) AS startMs, duration_ns AS ns, status_code AS status, substring(${either('db.query.text', 'db.statement')}, 1, 10000) AS statement,
  attrs['db.response.returned_rows'] AS rows, ${either('code.file.path', 'code.filepath')} AS file, ${either('code.line.number', 'code.lineno')} AS line,
  ${either('code.function.name', 'code.function')} AS called, attrs['bellwether.orm.name'] AS orm, attrs['bellwether.orm.model'] AS model,
  attrs['bellwether.orm.operation'] AS ormOperation
FROM spans
WHERE workspace = {workspace:String} AND ${inWindow()} AND service IN {services:Array(String)} AND name = {operation:String} AND kind = 3
  AND ${either('db.system.name', 'db.system')} = {system:String} AND ({namespace:String} = '' OR ${either('db.namespace', 'db.name')} = {namespace:String})
  ${env === undefined ? '' : 'AND environment = {env:String}'}
ORDER BY ts DESC
LIMIT ${maxLooked}`,
    params: { ...windowParams(window), services, operation, system, namespace, env: env ?? '' },
  });
}

/** Plans that senders told with slow queries (`db.query_plan`), newest first, each statement's newest. */
async function readPlans(asker: Asker, window: QueryQuestion, summary: string): Promise<DatabaseQueryAnswer['plans']> {
  const rows = await ask<{ timeMs: string; trace: string; service: string; plan: string }>(asker, {
    sql: `SELECT toUnixTimestamp64Milli(ts) AS timeMs, lower(hex(trace_id)) AS trace, service, substring(attrs['db.query.plan'], 1, 50000) AS plan
FROM logs
WHERE workspace = {workspace:String} AND ${inWindow()} AND event_name = 'db.query_plan' AND attrs['db.query.summary'] = {summary:String}
  ${window.env === undefined ? '' : 'AND environment = {env:String}'}
ORDER BY ts DESC
LIMIT 1 BY plan
LIMIT ${maxPlans}`,
    params: { ...windowParams(window), summary, env: window.env ?? '' },
  });
  return rows.map(({ timeMs, trace, service, plan }) => ({
    timeMs: Number(timeMs),
    traceId: /^0*$/.test(trace) ? '' : trace,
    service,
    plan,
  }));
}

const meanMs = (rows: readonly CallRow[]): number =>
  rows.reduce((sum, { ns }) => sum + Number(ns), 0) / rows.length / 1e6;

function rowsOf({ rows }: CallRow): number | null {
  return rows === '' || !Number.isFinite(Number(rows)) ? null : Number(rows);
}

function textsOf(rows: readonly CallRow[]): DatabaseQueryAnswer['texts'] {
  const told = rows.filter(({ statement }) => statement !== '');
  return [...groupBy(told, ({ statement }) => statementShape(statement))]
    .map(([text, group]) => {
      const counts = group.map(rowsOf).filter(count => count !== null);
      return {
        text,
        calls: group.length,
        meanMs: meanMs(group),
        maxMs: Math.max(...group.map(({ ns }) => Number(ns))) / 1e6,
        rowsPerCall: counts.length === 0 ? null : counts.reduce((sum, count) => sum + count, 0) / counts.length,
      };
    })
    .sort((a, b) => b.calls * b.meanMs - a.calls * a.meanMs)
    .slice(0, 20);
}

function placesOf(rows: readonly CallRow[]): DatabaseQueryAnswer['places'] {
  const told = rows.filter(({ file }) => file !== '');
  return [...groupBy(told, ({ service, file, line, called }) => `${service}\n${file}:${line}\n${called}`)]
    .flatMap(([, group]) =>
      group.slice(0, 1).map(({ service, file, line, called }) => ({
        service,
        place: line === '' ? file : `${file}:${line}`,
        called,
        calls: group.length,
      })),
    )
    .sort((a, b) => b.calls - a.calls || a.place.localeCompare(b.place))
    .slice(0, 20);
}

function ormsOf(rows: readonly CallRow[]): DatabaseQueryAnswer['orms'] {
  const told = rows.filter(({ orm }) => orm !== '');
  return [...groupBy(told, ({ orm, model, ormOperation }) => `${orm}\n${model}\n${ormOperation}`)]
    .flatMap(([, group]) =>
      group.slice(0, 1).map(({ orm, model, ormOperation }) => ({
        orm,
        model,
        operation: ormOperation,
        calls: group.length,
      })),
    )
    .sort((a, b) => b.calls - a.calls)
    .slice(0, 10);
}

/** A fast, a typical, a slow, a failed and the newest call, each once. */
function samplesOf(rows: readonly CallRow[]): CallSample[] {
  const byTime = rows.filter(({ status }) => status !== 2).sort((a, b) => Number(a.ns) - Number(b.ns));
  const wanted: readonly (readonly [CallSample['which'], CallRow | undefined])[] = [
    ['slow', byTime.at(-1)],
    ['failed', rows.find(({ status }) => status === 2)],
    ['typical', byTime[Math.floor(byTime.length / 2)]],
    ['fast', byTime[0]],
    ['newest', rows[0]],
  ];
  const taken = new Set<string>();
  return wanted.flatMap(([which, row]): CallSample[] => {
    if (row === undefined || taken.has(row.span)) return [];
    taken.add(row.span);
    return [
      {
        which,
        traceId: row.trace,
        spanId: row.span,
        timeMs: Number(row.startMs),
        durationMs: Number(row.ns) / 1e6,
        service: row.service,
        rows: rowsOf(row),
        isFailed: row.status === 2,
      },
    ];
  });
}
