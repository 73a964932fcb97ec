import { afterAll, beforeAll, expect, test } from 'vitest';
import { noDecisions } from '../../control/error-decisions.js';
import { type ErrorGrouping, noGrouping } from '../../control/error-grouping.js';
import { decode } from '../../decode/decode.js';
import { scopeOf } from '../../store/store.js';
import { BlockBuilder } from '../../write/block-builder.js';
import { openTestStore, type TestStore } from '../../write/stored.test-support.js';
import type { Asker } from '../asker.js';
import { chooseSteps } from '../time-window.js';
import { errorIdOf } from './error-groups.js';
import { listErrors } from './list-errors.js';
import { readErrorIssue } from './read-error-issue.js';

/** A line, or a span that failed, as it was sent. */
interface Sent {
  readonly isLine: boolean;
  readonly type: string;
  /** Nanoseconds since 1970; no two are the same. */
  readonly timeNs: bigint;
  /** '' for a line of no trace. */
  readonly trace: string;
  readonly span: string;
  readonly service: string;
  readonly version: string;
  readonly environment: string;
  readonly tenant: string;
  readonly user: string;
  /** How many its trace stands for, and the threshold that says so. */
  readonly stands: number;
  readonly threshold: string;
}

interface Range {
  readonly fromMs: number;
  readonly toMs: number;
  readonly env: string | undefined;
  readonly service: string | undefined;
}

const hourMs = 3_600_000;
const beganMs = Date.UTC(2026, 2, 28, 20);
const spreadHours = 40;
const types = ['Declined', 'Refused', 'Aborted', 'Rejected'];

/** The same numbers on every machine (mulberry32). */
function random(seed: number): (below: number) => number {
  let state = seed;
  return below => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const below = random(20_260_328);
const oneOf = <T>(list: readonly T[]): T => list[below(list.length)]!;

/** Many at the edges of hours: where rows and hours meet is where they could differ. */
function someMs(): number {
  const hour = beganMs + below(spreadHours) * hourMs;
  return hour + oneOf([0, 1, hourMs - 1, below(hourMs), below(hourMs)]);
}

function generate(count: number): readonly Sent[] {
  const seen = new Set<bigint>();
  const thresholds: readonly (readonly [string, number])[] = [
    ['', 1],
    ['8', 2],
    ['c', 4],
    ['f', 16],
    // Nobody's threshold.
    ['xyz', 1],
  ];
  return Array.from({ length: count }, (_, i): Sent => {
    const isLine = below(2) === 0;
    const traceNumber = below(60);
    const trace = isLine && below(4) === 0 ? '' : (traceNumber + 1).toString(16).padStart(32, 'a');
    let timeNs = BigInt(someMs()) * 1_000_000n + BigInt(below(3));
    while (seen.has(timeNs)) timeNs += 1n;
    seen.add(timeNs);
    const [threshold, stands] = oneOf(thresholds);
    return {
      isLine,
      type: oneOf(types),
      timeNs,
      trace,
      span: (i + 1).toString(16).padStart(16, 'b'),
      service: oneOf(['checkout', 'cart']),
      version: oneOf(['', '1.0.0', '1.1.0']),
      environment: oneOf(['', 'production', 'staging']),
      tenant: oneOf(['', 'acme', 'globex']),
      user: oneOf(['', 'u1', 'u2', 'u3']),
      stands: isLine ? 1 : stands,
      threshold,
    };
  });
}

const keyValues = (from: Readonly<Record<string, string>>): readonly unknown[] =>
  Object.entries(from).flatMap(([key, stringValue]) => (stringValue === '' ? [] : [{ key, value: { stringValue } }]));

function asOtlp(sent: Sent): { readonly signal: 'logs' | 'traces'; readonly request: object } {
  const { isLine, type, timeNs, trace, span, threshold } = sent;
  const resource = {
    attributes: keyValues({
      'service.name': sent.service,
      'service.version': sent.version,
      'deployment.environment.name': sent.environment,
    }),
  };
  const who = { 'tenant.id': sent.tenant, 'user.id': sent.user };
  const ids = trace === '' ? {} : { traceId: trace, spanId: span };
  if (isLine) {
    const record = {
      timeUnixNano: String(timeNs),
      ...ids,
      severityNumber: 17,
      body: { stringValue: 'failed' },
      attributes: keyValues({ ...who, 'exception.type': type }),
    };
    return { signal: 'logs', request: { resourceLogs: [{ resource, scopeLogs: [{ logRecords: [record] }] }] } };
  }
  const failed = {
    ...ids,
    name: 'POST /orders',
    kind: 2,
    startTimeUnixNano: String(timeNs),
    endTimeUnixNano: String(timeNs + 5n),
    status: { code: 2 },
    attributes: keyValues(who),
    traceState: threshold === '' ? '' : `ot=th:${threshold}`,
    events: [{ name: 'exception', timeUnixNano: String(timeNs), attributes: keyValues({ 'exception.type': type }) }],
  };
  return { signal: 'traces', request: { resourceSpans: [{ resource, scopeSpans: [{ spans: [failed] }] }] } };
}

const idOfType = new Map<string, string>();
/** What each fingerprint counts as, with this grouping. */
const wholeOf = (type: string, { wholes }: ErrorGrouping): string => {
  const id = idOfType.get(type) ?? '';
  return wholes.get(id) ?? id;
};

function groupedBy<T>(list: readonly T[], keyOf: (one: T) => string): ReadonlyMap<string, readonly T[]> {
  const groups = new Map<string, T[]>();
  for (const one of list) {
    const group = groups.get(keyOf(one));
    if (group === undefined) groups.set(keyOf(one), [one]);
    else group.push(one);
  }
  return groups;
}

const total = (numbers: readonly number[]): number => numbers.reduce((sum, n) => sum + n, 0);
const msOf = ({ timeNs }: Sent): number => Number(timeNs / 1_000_000n);
const different = (values: readonly string[]): number => new Set(values.filter(value => value !== '')).size;

interface Counted {
  readonly events: number;
  readonly users: number;
  readonly tenants: number;
  readonly firstMs: number;
  readonly lastMs: number;
  readonly firstEverMs: number;
  readonly firstVersion: string;
  readonly lastVersion: string;
  readonly services: readonly string[];
  readonly sparkline: readonly number[];
}

/** What a person would count with a pencil. */
function plainCount(all: readonly Sent[], range: Range, grouping: ErrorGrouping): ReadonlyMap<string, Counted> {
  const inRange = all.filter(
    sent =>
      msOf(sent) >= range.fromMs &&
      msOf(sent) < range.toMs &&
      (range.env === undefined || sent.environment === range.env) &&
      (range.service === undefined || sent.service === range.service),
  );
  const { stepMs, stepsMs } = chooseSteps(range, 30);
  const found = groupedBy(inRange, ({ type }) => wholeOf(type, grouping));
  return new Map(
    [...found].map(([id, unsorted]) => {
      const rows = unsorted.toSorted((a, b) => (a.timeNs < b.timeNs ? -1 : 1));
      const lines = rows.filter(({ isLine }) => isLine);
      const told = new Set(lines.map(({ trace }) => trace));
      const alone = [...groupedBy(rows, ({ trace }) => trace)].filter(([trace]) => trace !== '' && !told.has(trace));
      const events = [
        ...lines.map(line => ({ atMs: msOf(line), n: 1 })),
        ...alone.map(([, [first, ...more]]) => ({
          atMs: msOf(first!),
          n: Math.max(first!.stands, ...more.map(({ stands }) => stands)),
        })),
      ];
      const ever = all.filter(({ type }) => wholeOf(type, grouping) === id).map(msOf);
      return [
        id,
        {
          events: total(events.map(({ n }) => n)),
          users: different(rows.map(({ user }) => user)),
          tenants: different(rows.map(({ tenant }) => tenant)),
          firstMs: msOf(rows[0]!),
          lastMs: msOf(rows.at(-1)!),
          firstEverMs: Math.min(...ever),
          firstVersion: rows[0]!.version,
          lastVersion: rows.at(-1)!.version,
          services: [...new Set(rows.map(({ service }) => service))].toSorted(),
          sparkline: stepsMs.map(step =>
            total(events.filter(({ atMs }) => Math.floor(atMs / stepMs) * stepMs === step).map(({ n }) => n)),
          ),
        },
      ];
    }),
  );
}

let store: TestStore;
let asker: Asker;
const sent = generate(420).map((one, i) =>
  // A clock that is 136 years ahead: the engine's hours begin anew there.
  i < 8 ? { ...one, timeNs: one.timeNs + (1n << 32n) * 1_000_000_000n } : one,
);

async function keep(some: readonly Sent[], seq: number, workspace: string): Promise<void> {
  const builder = new BlockBuilder();
  for (const one of some) {
    const { signal, request } = asOtlp(one);
    builder.add(decode(signal, 'json', Buffer.from(JSON.stringify(request))), {
      workspace,
      recordSeq: seq,
      receivedMs: Date.now(),
    });
  }
  await store.load(builder.cut());
}

beforeAll(async () => {
  store = await openTestStore();
  asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
  // In blocks that overlap in time: rows come late, and the same hour is written many times.
  const blocks = 6;
  for (let at = 0; at < blocks; at++)
    await keep(
      sent.filter((_, i) => i % blocks === at),
      at + 1,
      'default',
    );
  // Somebody else's are not to be counted.
  await keep(sent.slice(0, 30), blocks + 1, 'other');
  const rows = await store.rows<{ type: string; id: string }>(
    "SELECT DISTINCT attrs['exception.type'] AS type, toString(error_fingerprint) AS id FROM error_lines WHERE workspace = 'default'",
  );
  for (const { type, id } of rows) idOfType.set(type, errorIdOf(id));
}, 60_000);
afterAll(() => store.close());

function someRange(): Range {
  const fromMs = oneOf([someMs(), beganMs + below(spreadHours) * hourMs]);
  const lengthMs = oneOf([below(10) * hourMs, below(spreadHours * hourMs), spreadHours * hourMs, 600_000]);
  return {
    fromMs: fromMs - oneOf([0, 0, 12 * hourMs]),
    toMs: fromMs + Math.max(lengthMs, 1),
    env: oneOf([undefined, undefined, 'production']),
    service: oneOf([undefined, undefined, 'cart']),
  };
}

const merged = (): ErrorGrouping => ({
  ...noGrouping,
  wholes: new Map([[idOfType.get('Refused') ?? '', idOfType.get('Declined') ?? '']]),
});

test('[I1] [I9] of any range, environment, service and grouping the list and the page of an error count what was sent, from hours and from rows', async () => {
  expect(idOfType.size).toBe(types.length);
  for (let i = 0; i < 12; i++) {
    const range = someRange();
    const grouping = i % 4 === 0 ? merged() : noGrouping;
    const decisions = { ...noDecisions, grouping };
    const asked = { ...range, q: '', state: 'all', sort: 'events', limit: 100, nowMs: range.toMs } as const;
    const { errors } = await listErrors(asker, asked, decisions);
    const wanted = plainCount(sent, range, grouping);
    const counted = new Map(
      errors.map(
        ({
          id,
          events,
          users,
          tenants,
          firstMs,
          lastMs,
          firstEverMs,
          firstVersion,
          lastVersion,
          services,
          sparkline,
        }) => [
          id,
          {
            events,
            users,
            tenants,
            firstMs,
            lastMs,
            firstEverMs,
            firstVersion,
            lastVersion,
            services,
            sparkline,
          },
        ],
      ),
    );
    expect({ range, counted }).toEqual({ range, counted: wanted });
    const [error] = errors;
    if (i % 3 !== 1 || error === undefined) continue;
    const issue = await readErrorIssue(
      asker,
      { ...range, ids: [error.id], grouping },
      { event: undefined, nowMs: range.toMs },
      decisions,
    );
    expect(issue?.error).toEqual(error);
    expect(total(issue?.histogram.counts ?? [])).toBe(error.events);
  }
}, 60_000);
