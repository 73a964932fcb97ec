import { fileURLToPath } from 'node:url';
import type { ErrorActs, ErrorRow, ErrorsQuery } from '@bellwether/model';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type ControlStore, openControlStore } from '../control/control-store.js';
import { activityAfter, activityOf } from '../control/error-activity.js';
import { errorDecisions } from '../control/error-decisions.js';
import { partsOf } from '../control/error-grouping.js';
import { decode } from '../decode/decode.js';
import type { Asker } from '../query/asker.js';
import { listErrors } from '../query/errors/list-errors.js';
import { type SeenError, readErrorIssue } from '../query/errors/read-error-issue.js';
import { scopeOf } from '../store/store.js';
import { BlockBuilder } from '../write/block-builder.js';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';
import { actOnErrors } from './error-acts.js';

let store: TestStore;
let asker: Asker;
let control: ControlStore;
let seq = 0;

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const range = { fromMs: nowMs - 3_600_000, toMs: nowMs + 3_600_000, env: undefined, service: undefined };
const none = '00000000000000aa';

const keyValues = (from: Readonly<Record<string, string>>): readonly unknown[] =>
  Object.entries(from).map(([key, stringValue]) => ({ key, value: { stringValue } }));

interface Thrown {
  readonly type: string;
  /** The frame of a library above the own one. */
  readonly through: string;
  readonly minutesAgo: number;
  readonly user: string;
  readonly attributes?: Readonly<Record<string, string>>;
  /** Told by a span of that trace instead of a line. */
  readonly trace?: string;
}

const stackOf = ({ type, through, minutesAgo }: Thrown): string =>
  `${type}: at ${minutesAgo}\n    at ${through} (/srv/app/node_modules/pg/${through}.js:${minutesAgo + 1}:7)\n    at Order.pay (/srv/app/src/pay.ts:${minutesAgo + 3}:9)`;

async function keep(thrown: readonly Thrown[]): Promise<void> {
  const resource = { attributes: keyValues({ 'service.name': 'checkout', 'service.version': 'v1' }) };
  const exception = (one: Thrown): Record<string, string> => ({
    'exception.type': one.type,
    'exception.message': `at ${one.minutesAgo}`,
    'exception.stacktrace': stackOf(one),
  });
  const at = ({ minutesAgo }: Thrown): string => `${nowMs - minutesAgo * 60_000}000000`;
  const who = ({ user, attributes }: Thrown): Record<string, string> => ({
    'user.id': user,
    'tenant.id': 'acme',
    ...attributes,
  });
  const lines = thrown
    .filter(({ trace }) => trace === undefined)
    .map(one => ({
      timeUnixNano: at(one),
      severityNumber: 17,
      body: { stringValue: 'failed' },
      attributes: keyValues({ ...exception(one), ...who(one) }),
    }));
  const spans = thrown
    .filter(({ trace }) => trace !== undefined)
    .map(one => ({
      traceId: (one.trace ?? '').repeat(32),
      spanId: '1'.repeat(16),
      name: 'POST /pay',
      kind: 2,
      startTimeUnixNano: at(one),
      endTimeUnixNano: at(one),
      status: { code: 2 },
      attributes: keyValues(who(one)),
      events: [{ timeUnixNano: at(one), name: 'exception', attributes: keyValues(exception(one)) }],
    }));
  const builder = new BlockBuilder();
  for (const [signal, request] of [
    ['logs', { resourceLogs: [{ resource, scopeLogs: [{ logRecords: lines }] }] }],
    ['traces', { resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }],
  ] as const) {
    const batch = decode(signal, 'json', Buffer.from(JSON.stringify(request)));
    builder.add(batch, { workspace: 'default', recordSeq: ++seq, receivedMs: nowMs });
  }
  await store.load(builder.cut());
}

const act = (acts: ErrorActs, atMs = nowMs): Promise<number> =>
  actOnErrors(control, asker, acts, { who: 'local', nowMs: atMs });

const list = async (q = '', state: ErrorsQuery['state'] = 'all', atMs = nowMs): Promise<readonly ErrorRow[]> => {
  const question = { ...range, q, state, sort: 'events', limit: 100, nowMs: atMs } as const;
  return (await listErrors(asker, question, errorDecisions(control, 'default'))).errors;
};

const issue = async (id: string): Promise<SeenError | undefined> => {
  const decisions = errorDecisions(control, 'default');
  const scope = { ...range, ids: [id] as const, grouping: decisions.grouping };
  return readErrorIssue(asker, scope, { event: undefined, nowMs }, decisions);
};

const counts = async (q = ''): Promise<Readonly<Record<string, number>>> =>
  Object.fromEntries((await list(q)).map(({ type, events }) => [type, events]));

const declinedRows = async (): Promise<readonly unknown[]> =>
  (await list()).filter(({ type }) => type === 'Declined').map(({ id, events, users }) => [id, events, users]);

const idOf = async (type: string): Promise<string> => (await list()).find(row => row.type === type)?.id ?? '';

beforeAll(async () => {
  store = await openTestStore();
  asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
  await keep([
    { type: 'Declined', through: 'query', minutesAgo: 50, user: 'u1', attributes: { 'tenant.plan': 'pro' } },
    { type: 'Declined', through: 'query', minutesAgo: 40, user: 'u2', attributes: { 'payment.provider': 'stripe' } },
    { type: 'Declined', through: 'batch', minutesAgo: 30, user: 'u1' },
    { type: 'Declined', through: 'batch', minutesAgo: 20, user: 'u3', trace: 'a' },
    { type: 'Refused', through: 'query', minutesAgo: 25, user: 'u4' },
    { type: 'Gone', through: 'query', minutesAgo: 15, user: 'u5' },
  ]);
}, 60_000);
afterAll(() => store.close());
beforeEach(() => {
  control = openControlStore(':memory:', fileURLToPath(new URL('../../control-migrations', import.meta.url)), '0.1.0');
});

test('[I10] several errors are given to somebody and resolved at once, and who did what and when can be read in order', async () => {
  const [declined, refused] = [await idOf('Declined'), await idOf('Refused')];
  expect(await act({ ids: [declined, refused], act: { kind: 'assign', owner: 'payments' } })).toBe(2);
  expect(await act({ ids: [refused], act: { kind: 'comment', text: 'the bank is down' } })).toBe(1);
  await act({ ids: [refused], act: { kind: 'decide', decision: { state: 'resolved', inNextVersion: true } } });
  expect((await list('owner:payments')).map(({ type, owner, state }) => [type, owner, state])).toEqual([
    ['Declined', 'payments', 'open'],
    ['Refused', 'payments', 'resolved'],
  ]);
  expect((await list('owner:none')).map(({ type }) => type)).toEqual(['Gone']);
  expect(activityOf(control, 'default', refused, 10).map(({ act, text, who }) => [act, text, who])).toEqual([
    ['resolved', 'in the version after v1', 'local'],
    ['commented', 'the bank is down', 'local'],
    ['assigned', 'to payments', 'local'],
  ]);
  const [first] = activityAfter(control, 'default', 0, 1);
  expect(first).toMatchObject({ error: declined, act: 'assigned', atMs: nowMs });
  expect(activityAfter(control, 'default', first?.seq ?? 0, 10)).toHaveLength(3);
  expect(activityAfter(control, 'other', 0, 10)).toEqual([]);
  await act({ ids: [declined], act: { kind: 'assign', owner: '' } });
  expect((await list('owner:payments')).map(({ type }) => type)).toEqual(['Refused']);
});

test('what is asked of an error that is not there changes none of the others', async () => {
  const declined = await idOf('Declined');
  await expect(act({ ids: [declined, none], act: { kind: 'assign', owner: 'ann' } })).rejects.toThrow(
    `There is no error ${none}`,
  );
  await expect(act({ ids: [none], act: { kind: 'split', from: declined } })).rejects.toThrow('has no variant');
  await expect(act({ ids: [declined], act: { kind: 'take-out' } })).rejects.toThrow('was merged into another one');
  expect((await list('owner:ann')).length).toBe(0);
  expect(activityAfter(control, 'default', 0, 10)).toEqual([]);
});

test('[I10] an error is ignored until so many events or users came since, or so many within a time', async () => {
  const declined = await idOf('Declined');
  const sinceMs = nowMs - 45 * 60_000;
  const stateAfter = async (until: object): Promise<string | undefined> => {
    await act({ ids: [declined], act: { kind: 'decide', decision: { state: 'ignored', ...until } } }, sinceMs);
    return (await list()).find(({ id }) => id === declined)?.state;
  };
  // Three came since: of u2, u1 and u3, ten minutes apart.
  expect(await stateAfter({ untilEvents: 4 })).toBe('ignored');
  expect(await stateAfter({ untilEvents: 3 })).toBe('open');
  expect(await stateAfter({ untilUsers: 4 })).toBe('ignored');
  expect(await stateAfter({ untilUsers: 3 })).toBe('open');
  expect(await stateAfter({ untilEvents: 3, withinMs: 20 * 60_000 })).toBe('ignored');
  expect(await stateAfter({ untilEvents: 2, withinMs: 20 * 60_000 })).toBe('open');
  expect((await issue(declined))?.error.state).toBe('open');
  expect(activityOf(control, 'default', declined, 1)[0]?.text).toBe('until 2 events within 20 min');
});

test('[I1] merged errors are counted as one, with their history and what comes later, in chains too, and are taken out again', async () => {
  const [declined, refused, gone] = [await idOf('Declined'), await idOf('Refused'), await idOf('Gone')];
  await act({ ids: [refused], act: { kind: 'merge', into: gone } });
  await act({ ids: [gone, declined], act: { kind: 'merge', into: declined } });
  expect(await counts()).toEqual({ Gone: 6 });
  const [only] = await list();
  expect(only).toMatchObject({ id: declined, users: 5, firstMs: nowMs - 50 * 60_000 });
  expect((await issue(declined))?.events).toHaveLength(6);
  expect(partsOf(control, 'default', declined)).toEqual([gone]);
  // What is said of a part is said of the whole.
  await act({ ids: [refused], act: { kind: 'assign', owner: 'ann' } });
  expect((await list())[0]?.owner).toBe('ann');
  // A whole does not become a part of its part.
  expect(await act({ ids: [declined], act: { kind: 'merge', into: refused } })).toBe(0);

  await act({ ids: [gone], act: { kind: 'take-out' } });
  expect(await counts()).toEqual({ Declined: 4, Gone: 2 });
  await act({ ids: [refused], act: { kind: 'take-out' } });
  expect(await counts()).toEqual({ Declined: 4, Refused: 1, Gone: 1 });
});

test('[I1] one way of getting to an error is split off, in lines and spans alike and for what comes later, and is put back', async () => {
  const declined = await idOf('Declined');
  const variants = (await issue(declined))?.variants ?? [];
  expect(variants.map(({ events, frames }) => [events, frames[0]])).toEqual([
    [2, 'query (/srv/app/node_modules/pg/query.js:41:7)'],
    [1, 'batch (/srv/app/node_modules/pg/batch.js:31:7)'],
  ]);
  const batch = variants[1]?.id ?? '';
  await act({ ids: [batch], act: { kind: 'split', from: declined } });
  // The span tells of the same way as the line.
  expect(await declinedRows()).toEqual(
    expect.arrayContaining([
      [declined, 2, 2],
      [batch, 2, 2],
    ]),
  );
  expect((await issue(batch))?.events.map(({ userId }) => userId)).toEqual(['u3', 'u1']);
  // What was split off can be merged elsewhere, and is put back from there.
  const gone = await idOf('Gone');
  await act({ ids: [batch], act: { kind: 'merge', into: gone } });
  expect((await counts())['Gone']).toBe(3);
  await act({ ids: [batch], act: { kind: 'join' } });
  expect(await counts()).toEqual({ Declined: 4, Refused: 1, Gone: 1 });
  await expect(act({ ids: [batch], act: { kind: 'join' } })).rejects.toThrow('split off another one');
});

test('[I9] an error says which users, tenants and plans it hurts', async () => {
  const found = await issue(await idOf('Declined'));
  expect(found?.users).toEqual([
    { id: 'u1', events: 2 },
    { id: 'u2', events: 1 },
    { id: 'u3', events: 1 },
  ]);
  expect(found?.tenants).toEqual([{ id: 'acme', plan: 'pro', events: 4, users: 3 }]);
  expect(found?.plans).toEqual([{ plan: 'pro', events: 4, tenants: 1 }]);
});

test('a search takes words, and terms that events must have: release, user, tenant, tag, state', async () => {
  expect(await counts('user:u1')).toEqual({ Declined: 2 });
  expect(await counts('tag:payment.provider=stripe')).toEqual({ Declined: 1 });
  expect(await counts('tag:payment.provider')).toEqual({ Declined: 1 });
  expect(await counts('tenant:acme -user:u1')).toEqual({ Declined: 2, Refused: 1, Gone: 1 });
  expect(await counts('release:v2')).toEqual({});
  expect(await counts('declined release:v1')).toEqual({ Declined: 4 });
  expect(await counts('-declined')).toEqual({ Refused: 1, Gone: 1 });
  await act({ ids: [await idOf('Gone')], act: { kind: 'decide', decision: { state: 'resolved' } } });
  expect(await counts('state:resolved')).toEqual({ Gone: 1 });
  expect(await counts('state:new state:resolved "at 25"')).toEqual({ Refused: 1 });
});
