import { parseSearch } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../../api/sample-store.test.support.js';
import type { ChdbStore } from '../../store/chdb-store.js';
import { scopeOf } from '../../store/store.js';
import type { Asker } from '../asker.js';
import { searchLogs } from '../logs.js';
import { logPatterns, trendOf } from './log-patterns.js';

let store: ChdbStore;
let asker: Asker;
let close: () => Promise<void>;

const startMs = 1_780_000_000_000;
const hourMs = 3_600_000;
const window = { fromMs: startMs, toMs: startMs + hourMs, env: undefined };
const everything = parseSearch('', 'logs');

let lines = 0;
/** `body` is SQL over `number`; lines are spread evenly over the hour that begins at `fromMs`. */
async function keep(
  count: number,
  body: string,
  { service = 'checkout', severity = 9, workspace = 'default', fromMs = startMs } = {},
): Promise<void> {
  await store.command(`INSERT INTO logs (workspace, ts, id, service, severity_number, body, received) SELECT '${workspace}',
  fromUnixTimestamp64Milli(toInt64(${fromMs} + number * ${Math.floor(hourMs / count)}), 'UTC'), number + ${lines}, '${service}', ${severity}, ${body}, today() FROM numbers(${count})`);
  lines += count;
}

const placed = "concat('order ord_', lower(hex(number)), ' placed for ', toString(number), '.00 EUR')";

beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, close } = empty);
  asker = { store, scope: scopeOf('default'), signal: new AbortController().signal };
  await keep(100, placed);
  await keep(95, placed, { fromMs: startMs - hourMs });
  await keep(40, "'connection reset by 10.0.0.7:5432'", { severity: 17, service: 'gateway' });
  await keep(10, "'connection reset by 10.0.0.8:5432'", { severity: 13, fromMs: startMs - hourMs });
  await keep(30, "concat('user ', ['alice','bob','carol','dave','erin'][1 + number % 5], ' logged in')");
  await keep(3, '\'{"msg":"it\\\'s 100% (done)","n":1}\\n\\nat line 2\'');
  await keep(5, "'warming up'", { fromMs: startMs - hourMs });
  await keep(50, "'somebody else'", { workspace: 'other' });
}, 60_000);
afterAll(() => close());

test('[J6] [J7] lines of one pattern are one row with what they are like, beside the range before', async () => {
  const answer = await logPatterns(asker, { ...window, search: everything, limit: 100 });
  expect(answer.patterns.map(({ pattern, count, previous, trend }) => [pattern, count, previous, trend])).toEqual([
    ['order <*> placed for <*> EUR', 100, 95, 'ongoing'],
    ['connection reset by <*>', 40, 10, 'rising'],
    ['user <*> logged in', 30, 0, 'new'],
    ['{"msg":<*>,"n":<*>}', 3, 0, 'new'],
    ['warming up', 0, 5, 'gone'],
  ]);
  expect(answer).toMatchObject({ total: 173, previousTotal: 110, otherLines: 0, sampledOneIn: 1, comparable: true });
  const reset = answer.patterns[1];
  expect(reset).toMatchObject({ services: ['gateway'], levels: [{ level: 'error', count: 40 }], repeated: 39 });
  expect(reset?.firstMs).toBe(startMs - hourMs);
  expect(reset?.counts.reduce((sum, n) => sum + n, 0)).toBe(40);
  expect(answer.patterns[0]?.repeated).toBe(0);
});

test('a pattern is a term of the search language: it finds its lines and no others', async () => {
  const { patterns } = await logPatterns(asker, { ...window, search: everything, limit: 100 });
  for (const { pattern, count } of patterns) {
    const q = `pattern:"${pattern.replaceAll(/["\\]/g, String.raw`\$&`)}"`;
    const { logs } = await searchLogs(asker, {
      ...window,
      search: parseSearch(q, 'logs'),
      limit: 1000,
      cursor: undefined,
    });
    expect([pattern, logs.length]).toEqual([pattern, count]);
  }
  const search = parseSearch('level>=warn', 'logs');
  expect((await logPatterns(asker, { ...window, search, limit: 100 })).patterns.map(each => each.pattern)).toEqual([
    'connection reset by <*>',
  ]);
});

test('patterns that are not listed are told of, and without a range before nothing is new', async () => {
  const short = await logPatterns(asker, { ...window, search: everything, limit: 2 });
  expect(short).toMatchObject({ otherPatterns: 3, otherLines: 33 });
  const before = await logPatterns(asker, {
    ...window,
    fromMs: startMs - hourMs,
    toMs: startMs,
    search: everything,
    limit: 100,
  });
  expect(before.comparable).toBe(false);
  expect(new Set(before.patterns.map(each => each.trend))).toEqual(new Set(['ongoing']));
});

test('a pattern rises when it has ten lines, twice as many as before', () => {
  expect(trendOf(10, 5, true)).toBe('rising');
  expect(trendOf(9, 1, true)).toBe('ongoing');
  expect(trendOf(19, 10, true)).toBe('ongoing');
  expect(trendOf(19, 1, false)).toBe('ongoing');
  expect(trendOf(0, 3, false)).toBe('gone');
});
