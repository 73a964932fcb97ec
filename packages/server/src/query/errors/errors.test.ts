import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../../decode/decode.js';
import { scopeOf } from '../../store/store.js';
import { BlockBuilder } from '../../write/block-builder.js';
import { openTestStore, type TestStore } from '../../write/stored.test-support.js';
import type { Asker } from '../asker.js';
import { type ErrorDecisions, noDecisions } from '../../control/error-decisions.js';
import { noGrouping } from '../../control/error-grouping.js';
import type { SaidOfError } from '../../control/error-states.js';
import { listErrorFields, listErrorValues } from './error-fields.js';
import { type ErrorsQuestion, isRising, listErrors, stateOf } from './list-errors.js';
import { type SeenError, readErrorIssue } from './read-error-issue.js';
import { risingErrors } from './rising-errors.js';
import { spentIgnores } from './spent-ignores.js';

const never: SaidOfError = {
  state: 'resolved',
  sinceMs: 0,
  inVersion: undefined,
  untilMs: undefined,
  untilEvents: undefined,
  untilUsers: undefined,
  withinMs: undefined,
};

let store: TestStore;
let asker: Asker;

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const window = { fromMs: nowMs - 3_600_000, toMs: nowMs + 60_000, env: undefined, service: undefined };
const asked: ErrorsQuestion = { ...window, q: '', state: 'unresolved', sort: 'trouble', limit: 100, nowMs };
const nothing = noDecisions;
const saying = (said: ReadonlyMap<string, SaidOfError>): ErrorDecisions => ({ ...noDecisions, said });
const issueOf = (id: string, event?: string): Promise<SeenError | undefined> =>
  readErrorIssue(asker, { ...window, ids: [id], grouping: noGrouping }, { event, nowMs }, noDecisions);

const keyValues = (from: Readonly<Record<string, string>>): readonly unknown[] =>
  Object.entries(from).map(([key, stringValue]) => ({ key, value: { stringValue } }));

const stack = (message: string, line: number): string => `TypeError: ${message}
    at Order.pay (/srv/app/dist/orders/pay.js:${line}:7)
    at next (/srv/app/node_modules/express/lib/router.js:3:1)
Caused by: Error: socket closed
    at read (/srv/app/dist/db/read.js:4:2)`;

const exception = (message: string, line: number): Record<string, string> => ({
  'exception.type': 'TypeError',
  'exception.message': message,
  'exception.stacktrace': stack(message, line),
});

/** `minutesAgo` 0 to 60; a trace is named by a digit. */
const times = (
  minutesAgo: number,
): { readonly timeUnixNano: string; readonly startTimeUnixNano: string; readonly endTimeUnixNano: string } => {
  const ns = `${nowMs - minutesAgo * 60_000}000000`;
  return { timeUnixNano: ns, startTimeUnixNano: ns, endTimeUnixNano: ns };
};
const ids = (trace: string, span: string): { readonly traceId: string; readonly spanId: string } => ({
  traceId: trace.repeat(32),
  spanId: span.repeat(16),
});

async function keep(
  signal: 'traces' | 'logs',
  version: string,
  items: readonly object[],
  seq: number,
  workspace = 'default',
): Promise<void> {
  const resource = { attributes: keyValues({ 'service.name': 'checkout', 'service.version': version }) };
  const request =
    signal === 'traces'
      ? { resourceSpans: [{ resource, scopeSpans: [{ spans: items }] }] }
      : { resourceLogs: [{ resource, scopeLogs: [{ logRecords: items }] }] };
  const builder = new BlockBuilder();
  builder.add(decode(signal, 'json', Buffer.from(JSON.stringify(request))), {
    workspace,
    recordSeq: seq,
    receivedMs: nowMs,
  });
  await store.load(builder.cut());
}

beforeAll(async () => {
  store = await openTestStore();
  asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
  const failedSpan = (trace: string, span: string, minutesAgo: number, line: number): object => ({
    ...times(minutesAgo),
    ...ids(trace, span),
    name: 'POST /orders',
    kind: 2,
    status: { code: 2 },
    events: [
      {
        timeUnixNano: times(minutesAgo).timeUnixNano,
        name: 'exception',
        attributes: keyValues(exception('no card', line)),
      },
    ],
  });
  const logged = (trace: string, span: string, minutesAgo: number, user: string, tenant: string): object => ({
    ...times(minutesAgo),
    ...(trace === '' ? {} : ids(trace, span)),
    severityNumber: 17,
    body: { stringValue: 'payment failed' },
    attributes: keyValues({
      ...exception('order 7 has no card', 99),
      'user.id': user,
      'tenant.id': tenant,
      'payment.provider': user === 'u1' ? 'stripe' : 'adyen',
    }),
  });
  await keep(
    'traces',
    '1.0.0',
    [
      // Two spans of trace 1 tell of it, and a line: one event. Trace 2 has spans alone: one event.
      failedSpan('1', '1', 50, 12),
      failedSpan('1', '2', 50, 12),
      failedSpan('2', '1', 40, 13),
      failedSpan('2', '2', 40, 13),
      {
        ...times(30),
        ...ids('3', '1'),
        name: 'GET /health',
        kind: 2,
        status: { code: 2, message: 'deadline of 500 ms exceeded' },
      },
    ],
    1,
  );
  await keep(
    'logs',
    '1.0.1',
    [logged('1', '1', 50, 'u1', 'acme'), logged('', '', 20, 'u2', 'acme'), logged('', '', 10, 'u1', 'globex')],
    2,
  );
  // An hour before the range: it is not new.
  await keep('logs', '0.9.0', [logged('', '', 120, 'u9', 'acme')], 3);
  // Each span stands for four. Of trace 1 two spans tell, of trace 3 a line too, and trace 4 came before the last 26 hours.
  const sampled = (trace: string, span: string, minutesAgo: number): object => ({
    ...failedSpan(trace, span, minutesAgo, 12),
    traceState: 'ot=th:c',
  });
  const spans = [
    sampled('1', '1', 100),
    sampled('1', '2', 95),
    sampled('2', '1', 26 * 60 - 1),
    sampled('3', '1', 700),
    sampled('4', '1', 27 * 60),
  ];
  await keep('traces', '2.0.0', spans, 4, 'sampled');
  const lines = [logged('3', '1', 700, 'u1', 'acme'), logged('', '', 800, 'u2', 'acme'), logged('', '', 1, 'u2', '')];
  await keep('logs', '2.0.1', lines, 5, 'sampled');
}, 60_000);
afterAll(() => store.close());

test('[I1] [I9] an error that spans and lines tell of is one error; lines count each, spans once per trace without a line', async () => {
  const { errors, total } = await listErrors(asker, asked, nothing);
  expect(total).toBe(2);
  expect(
    errors.map(({ type, message, culprit, events, users, tenants, trend }) => [
      type,
      message,
      culprit,
      events,
      users,
      tenants,
      trend,
    ]),
  ).toEqual([
    ['', 'deadline of 500 ms exceeded', 'GET /health', 1, 0, 0, 'new'],
    ['TypeError', 'order 7 has no card', 'Order.pay (/srv/app/dist/orders/pay.js:99:7)', 4, 2, 2, 'ongoing'],
  ]);
  expect(errors[1]).toMatchObject({
    services: ['checkout'],
    firstVersion: '1.0.1',
    lastVersion: '1.0.1',
    firstEverMs: nowMs - 7_200_000,
  });
  expect(errors[1]?.sparkline.reduce((sum, n) => sum + n, 0)).toBe(4);
});

test('words, a service and an order narrow the list', async () => {
  const types = async (question: Partial<ErrorsQuestion>): Promise<readonly string[]> =>
    (await listErrors(asker, { ...asked, ...question }, nothing)).errors.map(error => error.type);
  expect(await types({ q: 'CARD pay.js' })).toEqual(['TypeError']);
  expect(await types({ q: 'nothing like it' })).toEqual([]);
  expect(await types({ sort: 'events' })).toEqual(['TypeError', '']);
  expect((await listErrors(asker, { ...asked, service: 'other' }, nothing)).total).toBe(0);
});

test('[I9] fields of errors, tags that their events have and the values of both are offered for a search', async () => {
  const { fields } = await listErrorFields(asker, { ...window, prefix: 'tag:PROV' });
  expect(fields).toMatchObject([{ key: 'tag:payment.provider', source: 'attribute' }]);
  const all = await listErrorFields(asker, { ...window, prefix: '' });
  expect(all.fields.slice(0, 2).map(({ key }) => key)).toEqual(['release', 'user']);
  // Each event has its own: nobody searches for a stack.
  expect(all.fields.map(({ key }) => key)).not.toContain('tag:exception.stacktrace');
  const valuesOf = async (key: string, prefix = ''): Promise<readonly string[]> => {
    const question = { ...window, key, prefix, owners: ['ann', 'bob', 'bob'] };
    return (await listErrorValues(asker, question)).values.map(({ value }) => value);
  };
  expect(await valuesOf('tag:payment.provider', 'ST')).toEqual(['stripe']);
  expect((await valuesOf('release')).length).toBeGreaterThan(0);
  expect(await valuesOf('owner')).toEqual(['bob', 'ann']);
  expect(await valuesOf('nothing')).toEqual([]);
});

test('[I1] [I9] an error has its newest event with frames and causes, its events, and how attributes are distributed', async () => {
  const { errors } = await listErrors(asker, asked, nothing);
  const id = errors[1]?.id ?? '';
  const issue = await issueOf(id);
  expect(issue?.event).toMatchObject({ source: 'log', userId: 'u1', tenantId: 'globex', version: '1.0.1' });
  expect(
    issue?.event.exceptions.map(({ type, message, frames }) => [
      type,
      message,
      frames.map(frame => [frame.called, frame.place, frame.isOwn]),
    ]),
  ).toEqual([
    [
      'TypeError',
      'order 7 has no card',
      [
        ['Order.pay', '/srv/app/dist/orders/pay.js:99:7', true],
        ['next', '/srv/app/node_modules/express/lib/router.js:3:1', false],
      ],
    ],
    ['Error', 'socket closed', [['read', '/srv/app/dist/db/read.js:4:2', true]]],
  ]);
  expect(issue?.events.map(({ id }) => id.charAt(0))).toEqual(['l', 'l', 's', 'l']);
  expect(issue?.tags.find(({ key }) => key === 'payment.provider')?.values).toEqual([
    { value: 'stripe', count: 2 },
    { value: 'adyen', count: 1 },
  ]);
  expect(issue?.histogram.counts.reduce((sum, n) => sum + n, 0)).toBe(4);

  const span = issue?.events.find(event => event.id.startsWith('s'));
  const older = await issueOf(id, span?.id);
  expect(older?.event).toMatchObject({
    source: 'span',
    traceId: '2'.repeat(32),
    exceptions: [{ type: 'TypeError', message: 'no card' }, { message: 'socket closed' }],
  });
  expect(await issueOf(id, 's1')).toBeUndefined();
  expect(await issueOf('00000000000000aa')).toBeUndefined();
});

test('an error rises when its last quarter has ten, three times as often as before', () => {
  expect(isRising([1, 1, 1, 10])).toBe(true);
  expect(isRising([0, 0, 0, 9])).toBe(false);
  expect(isRising([5, 5, 5, 14])).toBe(false);
  expect(isRising([])).toBe(false);
});

test('[I10] a resolved error is back when it comes again, one resolved for the next version when it comes in another; an ignored one opens after its time', async () => {
  const { errors } = await listErrors(asker, asked, nothing);
  const id = errors[1]?.id ?? '';
  const lastMs = errors[1]?.lastMs ?? 0;
  const states = async (said: Partial<SaidOfError>): Promise<readonly unknown[]> => {
    const whole = { ...never, ...said };
    const answer = await listErrors(asker, { ...asked, state: 'all' }, saying(new Map([[id, whole]])));
    return [answer.errors.find(error => error.id === id)?.state, answer.states];
  };
  expect(await states({ sinceMs: lastMs + 1 })).toMatchObject(['resolved', { unresolved: 1, resolved: 1, ignored: 0 }]);
  expect(await states({ sinceMs: lastMs - 1 })).toEqual([
    'regressed',
    { unresolved: 2, resolved: 0, ignored: 0, new: 1, regressed: 1, rising: 0 },
  ]);
  expect(await states({ sinceMs: lastMs - 1, inVersion: '1.0.1' })).toMatchObject(['resolved', {}]);
  expect(await states({ sinceMs: lastMs - 1, inVersion: '1.0.0' })).toMatchObject(['regressed', {}]);
  expect(await states({ state: 'ignored' })).toMatchObject(['ignored', { unresolved: 1, resolved: 0, ignored: 1 }]);
  const ignored = { ...never, state: 'ignored', sinceMs: 1, untilMs: 10 } as const;
  const came = { lastMs: 5, lastVersion: '', isSpent: false };
  expect([9, 10].map(nowMs => stateOf(ignored, { ...came, nowMs }).state)).toEqual(['ignored', 'open']);

  const hidden = await listErrors(asker, asked, saying(new Map([[id, { ...ignored, untilMs: undefined }]])));
  expect(hidden.errors.map(error => error.id)).not.toContain(id);
});

test('[I1] an error that only spans tell of counts for as many traces as each stands for, on the list and on its page', async () => {
  const of = { ...asker, scope: scopeOf('sampled') };
  const day = { ...asked, fromMs: nowMs - 26 * 3_600_000, sort: 'users' } as const;
  const { errors, total } = await listErrors(of, day, nothing);
  expect([total, errors.length]).toEqual([1, 1]);
  const [error] = errors;
  // Four for trace 1, four for trace 2, and three lines.
  expect(error).toMatchObject({ events: 11, users: 2, tenants: 1, firstVersion: '2.0.0', lastVersion: '2.0.1' });
  expect(error?.sparkline.reduce((sum, n) => sum + n, 0)).toBe(11);
  expect(error?.firstEverMs).toBe(nowMs - 27 * 3_600_000);
  const only = await listErrors(of, { ...day, sort: 'trouble', only: 'states' }, nothing);
  expect(only.states.unresolved).toBe(1);
  expect(only.errors[0]).toMatchObject({ id: error?.id, events: 11, users: 0, message: '' });

  const scope = { ...day, ids: [error?.id ?? ''], grouping: noGrouping } as const;
  const issue = await readErrorIssue(of, scope, { event: undefined, nowMs }, nothing);
  expect(issue?.error).toEqual({ ...error, trend: 'ongoing' });
  expect(issue?.histogram.counts.reduce((sum, n) => sum + n, 0)).toBe(11);
  expect(issue?.users).toEqual([
    { id: 'u2', events: 2 },
    { id: 'u1', events: 1 },
  ]);
  // Of spans alone: trace 2, whose first hour is not a whole one.
  const early = { ...scope, toMs: nowMs - 25 * 3_600_000 };
  const before = await readErrorIssue(of, early, { event: undefined, nowMs }, nothing);
  expect([before?.error.events, before?.variants.map(({ events }) => events)]).toEqual([4, [4]]);
});

/** A span that failed `minutesAgo`; it stands for four. */
const sampledSpan = (
  trace: string,
  span: string,
  minutesAgo: number,
  {
    type,
    ...who
  }: { readonly type: string; readonly 'user.id'?: string; readonly 'tenant.id'?: string; readonly plan?: string },
): object => ({
  ...times(minutesAgo),
  traceId: trace.padStart(32, 'd'),
  spanId: span.padStart(16, 'e'),
  name: 'POST /orders',
  kind: 2,
  status: { code: 2 },
  traceState: 'ot=th:c',
  attributes: keyValues(who),
  events: [
    {
      timeUnixNano: times(minutesAgo).timeUnixNano,
      name: 'exception',
      attributes: keyValues({ 'exception.type': type }),
    },
  ],
});
const failedLine = (
  trace: string,
  minutesAgo: number,
  type: string,
  who: Readonly<Record<string, string>> = {},
): object => ({
  ...times(minutesAgo),
  ...(trace === '' ? {} : { traceId: trace.padStart(32, 'd'), spanId: '1'.padStart(16, 'e') }),
  severityNumber: 17,
  body: { stringValue: 'failed' },
  attributes: keyValues({ 'exception.type': type, ...who }),
});

/** One that did not fail; it stands for four. */
const good = (trace: string, minutesAgo: number): object => ({
  ...times(minutesAgo),
  traceId: trace.padStart(32, 'd'),
  spanId: trace.padStart(16, 'e'),
  name: 'POST /orders',
  kind: 2,
  traceState: 'ot=th:c',
});
const numbers = (from: number, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => String(from + i));

async function onlyError(of: Asker): Promise<string> {
  const { errors } = await listErrors(of, { ...asked, state: 'all' }, nothing);
  expect(errors).toHaveLength(1);
  return errors[0]?.id ?? '';
}

test("[I9] users, tenants and plans are hurt by as many events as a trace stands for, and a trace is its user's whichever of its spans knows one", async () => {
  const type = 'Declined';
  const ann = { type, 'user.id': 'ann', 'tenant.id': 'acme', plan: 'gold' };
  await keep(
    'traces',
    '1.0.0',
    [
      // The call knows nobody, and fails before the request does.
      sampledSpan('1', '1', 31, { type }),
      sampledSpan('1', '2', 30, ann),
      sampledSpan('2', '1', 20, ann),
      sampledSpan('3', '1', 20, { type, 'user.id': 'bob', 'tenant.id': 'acme' }),
      // Its line counts, and knows nobody.
      sampledSpan('4', '1', 10, { type, 'user.id': 'eve', 'tenant.id': 'globex' }),
    ],
    6,
    'hurt',
  );
  await keep('logs', '1.0.0', [failedLine('4', 10, type), failedLine('', 5, type, { 'user.id': 'bob' })], 7, 'hurt');
  const of = { ...asker, scope: scopeOf('hurt') };
  const id = await onlyError(of);
  const issue = await readErrorIssue(
    of,
    { ...window, ids: [id], grouping: noGrouping },
    { event: undefined, nowMs },
    nothing,
  );
  expect(issue?.error).toMatchObject({ events: 14, users: 3, tenants: 2 });
  expect(issue?.users).toEqual([
    { id: 'ann', events: 8 },
    { id: 'bob', events: 5 },
    { id: 'eve', events: 1 },
  ]);
  expect(issue?.tenants).toEqual([
    { id: 'acme', plan: 'gold', events: 12, users: 2 },
    { id: 'globex', plan: '', events: 1, users: 1 },
  ]);
  expect(issue?.plans).toEqual([{ plan: 'gold', events: 12, tenants: 1 }]);
});

test('[I10] a release is suspected by as many events and requests as the traces stand for', async () => {
  const type = 'Declined';
  await keep(
    'traces',
    '1.0.0',
    numbers(100, 10).map(trace => good(trace, 50)),
    8,
    'suspect',
  );
  await keep(
    'traces',
    '2.0.0',
    [
      ...numbers(200, 8).map(trace => good(trace, 10)),
      ...numbers(300, 2).flatMap(trace => [
        sampledSpan(trace, '1', 10, { type }),
        sampledSpan(trace, '2', 9, { type }),
      ]),
    ],
    9,
    'suspect',
  );
  const of = { ...asker, scope: scopeOf('suspect') };
  const id = await onlyError(of);
  const issue = await readErrorIssue(
    of,
    { ...window, ids: [id], grouping: noGrouping },
    { event: undefined, nowMs },
    nothing,
  );
  // Eight events in 48 requests; the ten of before stood for forty, which should have shown more than six.
  expect(issue?.suspect).toMatchObject({ version: '2.0.0', events: 8, requests: 48, earlierRequests: 40 });
});

test('[I10] what stands for others rises, and ends what is ignored until so many events or users came, by as many as it stands for', async () => {
  const type = 'Declined';
  const spans = [
    sampledSpan('1', '1', 300, { type }),
    sampledSpan('2', '1', 40, { type, 'user.id': 'ann' }),
    sampledSpan('3', '1', 10, { type, 'user.id': 'bob' }),
    sampledSpan('3', '2', 10, { type }),
    sampledSpan('4', '1', 5, { type, 'user.id': 'eve' }),
    sampledSpan('5', '1', 4, { type, 'user.id': 'eve' }),
  ];
  await keep('traces', '1.0.0', spans, 10, 'rising');
  const of = { ...asker, scope: scopeOf('rising') };
  const id = await onlyError(of);
  expect(await risingErrors(of, nothing, nowMs)).toEqual([{ id, late: 12, early: 4 }]);
  const isSpent = async (said: Partial<SaidOfError>): Promise<boolean> => {
    const ignored = { ...never, state: 'ignored', sinceMs: nowMs - 3_600_000, ...said } as const;
    return (await spentIgnores(of, saying(new Map([[id, ignored]])), nowMs)).has(id);
  };
  expect([await isSpent({ untilEvents: 16 }), await isSpent({ untilEvents: 17 })]).toEqual([true, false]);
  expect([await isSpent({ untilUsers: 3 }), await isSpent({ untilUsers: 4 })]).toEqual([true, false]);
  // Half hours from when it was said: twelve in the second.
  const withinMs = 1_800_000;
  expect([await isSpent({ untilEvents: 12, withinMs }), await isSpent({ untilEvents: 13, withinMs })]).toEqual([
    true,
    false,
  ]);
});

test('[I10] the lines of one long trace count when they came: they rise no sooner, and what is ignored in its midst ends by those after it', async () => {
  const type = 'Declined';
  const lines = Array.from({ length: 55 }, (_, i) => failedLine('1', 55 - i, type, { 'user.id': `u${i}` }));
  await keep('logs', '1.0.0', [failedLine('', 300, type), ...lines], 11, 'long');
  const of = { ...asker, scope: scopeOf('long') };
  const id = await onlyError(of);
  expect(await risingErrors(of, nothing, nowMs)).toEqual([]);
  const said = { ...never, state: 'ignored', sinceMs: nowMs - 30 * 60_000, untilUsers: 20 } as const;
  expect(await spentIgnores(of, saying(new Map([[id, said]])), nowMs)).toEqual(new Set([id]));
  const issue = await readErrorIssue(
    of,
    { ...window, ids: [id], grouping: noGrouping },
    { event: undefined, nowMs },
    nothing,
  );
  expect(Math.max(...(issue?.histogram.counts ?? []))).toBeLessThan(5);
  expect(issue?.histogram.counts.reduce((sum, n) => sum + n, 0)).toBe(55);
});
