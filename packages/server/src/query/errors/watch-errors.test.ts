import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Log } from '../../base/log.js';
import { activityOf, maxActivity, noteActivity } from '../../control/error-activity.js';
import { type ControlStore, openControlStore } from '../../control/control-store.js';
import { mergeErrors, noGrouping } from '../../control/error-grouping.js';
import { sayOfError } from '../../control/error-states.js';
import { decode } from '../../decode/decode.js';
import { SourceMaps } from '../../source-maps/source-maps.js';
import { scopeOf } from '../../store/store.js';
import { BlockBuilder } from '../../write/block-builder.js';
import { openTestStore, type TestStore } from '../../write/stored.test-support.js';
import { sampledErrors } from './list-errors.js';
import { watchErrors } from './watch-errors.js';

let store: TestStore;
let control: ControlStore;
const warnings: unknown[] = [];
const log: Log = {
  info() {},
  warn: (...said: unknown[]) => void warnings.push(said),
  error: (...said: unknown[]) => void warnings.push(said),
};

const nowMs = Math.floor(Date.now() / 60_000) * 60_000;
const minuteMs = 60_000;

interface Failed {
  readonly type: string;
  readonly minutesAgo: number;
  readonly version: string;
  readonly times?: number;
}

async function keep(failed: readonly Failed[]): Promise<void> {
  const builder = new BlockBuilder();
  failed.forEach(({ type, minutesAgo, version, times = 1 }, seq) => {
    const request = {
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'checkout' } },
              { key: 'service.version', value: { stringValue: version } },
            ],
          },
          scopeLogs: [
            {
              logRecords: Array.from({ length: times }, (_, i) => ({
                timeUnixNano: `${nowMs - minutesAgo * minuteMs + i}000000`,
                severityNumber: 17,
                body: { stringValue: 'failed' },
                attributes: [{ key: 'exception.type', value: { stringValue: type } }],
              })),
            },
          ],
        },
      ],
    };
    const batch = decode('logs', 'json', Buffer.from(JSON.stringify(request)));
    builder.add(batch, { workspace: 'default', recordSeq: seq + 1, receivedMs: nowMs });
  });
  await store.load(builder.cut());
}

const ids = new Map<string, string>();
const idOf = (type: string): string => ids.get(type) ?? '';

async function look(...atMs: readonly number[]): Promise<void> {
  let at = nowMs;
  const maps = new SourceMaps(control);
  const watched = watchErrors({ store: store.engine, control, maps, now: () => at, log });
  for (const each of atMs) {
    at = each;
    await watched.look();
  }
  await watched.stop();
  await maps.close();
  expect(warnings).toEqual([]);
}

const said = (type: string): readonly string[] =>
  activityOf(control, 'default', idOf(type), 10).map(({ who, act, text }) => `${who} ${act} ${text}`.trim());

beforeAll(async () => {
  store = await openTestStore();
  await keep([
    { type: 'Declined', minutesAgo: 200, version: 'v1' },
    { type: 'Declined', minutesAgo: 20, version: 'v2' },
    { type: 'Declined', minutesAgo: 10, version: 'v2' },
    { type: 'Refused', minutesAgo: 20, version: 'v1' },
    { type: 'Flood', minutesAgo: 300, version: 'v1' },
    { type: 'Flood', minutesAgo: 30, version: 'v1', times: 4 },
    { type: 'Flood', minutesAgo: 5, version: 'v1', times: 40 },
    // First seen within the hour: it is new, which is told elsewhere.
    { type: 'Fresh', minutesAgo: 5, version: 'v1', times: 40 },
    // As often as ever.
    { type: 'Steady', minutesAgo: 300, version: 'v1' },
    { type: 'Steady', minutesAgo: 30, version: 'v1', times: 40 },
    { type: 'Steady', minutesAgo: 5, version: 'v1', times: 20 },
  ]);
  const asker = { store: store.engine, scope: scopeOf('default'), signal: new AbortController().signal };
  const day = { fromMs: nowMs - 86_400_000, toMs: nowMs + minuteMs, env: undefined, service: undefined };
  for (const { id, sample } of await sampledErrors(asker, { ...day, grouping: noGrouping }, 50))
    ids.set(sample.type, id);
}, 60_000);
afterAll(() => store.close());
beforeEach(() => {
  control = openControlStore(':memory:', fileURLToPath(new URL('../../../control-migrations', import.meta.url)), '0');
});

test('[I10] a resolved error that comes again says so in its activity, with the version that brought it back, once until it is resolved again', async () => {
  const resolvedMs = nowMs - 60 * minuteMs;
  sayOfError(control, 'default', idOf('Declined'), { state: 'resolved' }, { nowMs: resolvedMs, lastVersion: 'v1' });
  sayOfError(control, 'default', idOf('Steady'), { state: 'resolved' }, { nowMs, lastVersion: 'v1' });
  await look(nowMs, nowMs + minuteMs);
  expect(said('Declined')).toEqual(['Bellwether regressed in v2']);
  expect(said('Steady')).toEqual([]);
  // Another process that knows nothing of the first does not tell it again.
  await look(nowMs + 2 * minuteMs);
  expect(said('Declined')).toHaveLength(1);
  const againMs = nowMs - 15 * minuteMs;
  sayOfError(control, 'default', idOf('Declined'), { state: 'resolved' }, { nowMs: againMs, lastVersion: 'v2' });
  control.db.exec(`UPDATE error_activity SET at_ms = ${againMs - 1}`);
  await look(nowMs);
  expect(said('Declined')).toHaveLength(2);
});

test('[I10] an error that was resolved for the next version comes back with another version alone, and a part of it brings back the whole', async () => {
  const at = { nowMs: nowMs - 60 * minuteMs, lastVersion: 'v1' };
  const next = { state: 'resolved', inNextVersion: true } as const;
  sayOfError(control, 'default', idOf('Refused'), next, at);
  sayOfError(control, 'default', idOf('Steady'), next, { ...at, lastVersion: 'v2' });
  await look(nowMs);
  expect(said('Refused')).toEqual([]);
  expect(said('Steady').filter(text => text.includes('regressed'))).toEqual(['Bellwether regressed in v1']);
  mergeErrors(control, 'default', [idOf('Declined')], idOf('Refused'));
  await look(nowMs);
  expect(said('Refused')).toEqual(['Bellwether regressed in v2']);
});

test('[I10] an error that comes much more often than before says so once a day; a new one, a steady one and one that is ignored do not', async () => {
  await look(nowMs, nowMs + minuteMs);
  expect(['Flood', 'Fresh', 'Steady', 'Declined'].flatMap(said)).toEqual([
    'Bellwether rose 40 events in 15 minutes, 4 in the 45 before',
  ]);
  control.db.exec('DELETE FROM error_activity');
  sayOfError(control, 'default', idOf('Flood'), { state: 'ignored' }, { nowMs, lastVersion: 'v1' });
  await look(nowMs);
  expect(said('Flood')).toEqual([]);
});

test('of what was done with an error the newest are kept, and those of others are left alone', () => {
  const comment = (error: string, n: number): void =>
    noteActivity(control, 'default', error, { act: 'commented', text: `${n}`, who: 'local', nowMs: n });
  control.db.transaction(() => {
    comment('b'.repeat(16), -1);
    for (let n = 0; n < maxActivity + 20; n++) comment('a'.repeat(16), n);
  })();
  const kept = activityOf(control, 'default', 'a'.repeat(16), 10_000);
  expect([kept.length, kept[0]?.text, kept.at(-1)?.text]).toEqual([maxActivity, `${maxActivity + 19}`, '20']);
  expect(activityOf(control, 'default', 'b'.repeat(16), 10)).toHaveLength(1);
});
