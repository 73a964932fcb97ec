import { expect, test } from 'vitest';
import type { Origin } from './ledger.js';
import { RejectionList } from './rejections.js';
import { SenderList } from './senders.js';

const origin = (userAgent: string): Origin => ({ protocol: 'otlp/http', address: '127.0.0.1', userAgent });

test('rejections are counted by reason and sender, the newest first', () => {
  const list = new RejectionList();
  list.add({ atMs: 1, reason: 'bad', remedy: 'fix', count: 1 }, origin('a'));
  list.add({ atMs: 2, reason: 'bad', remedy: 'fix', count: 1 }, origin('b'));
  list.add({ atMs: 3, reason: 'bad', remedy: 'fix', count: 2 }, origin('a'));
  expect(list.newestFirst().map(({ atMs, sender, count }) => [atMs, sender, count])).toEqual([
    [3, '127.0.0.1 a', 3],
    [2, '127.0.0.1 b', 1],
  ]);
});

test('of rejections fifty rows are kept, those that came last', () => {
  const list = new RejectionList();
  for (let at = 0; at < 80; at++) list.add({ atMs: at, reason: `r${at}`, remedy: '', count: 1 }, origin('a'));
  const rows = list.newestFirst();
  expect([rows.length, rows[0]?.atMs, rows.at(-1)?.atMs]).toEqual([50, 79, 30]);
});

test('an example stands in the row of whom it is, and is asked for once', () => {
  const list = new RejectionList();
  let asked = 0;
  const example = (): string => `example ${++asked}`;
  const told = { atMs: 1, reason: 'bad', remedy: 'fix', count: 1 };
  list.add({ ...told, example }, origin('a'));
  list.add({ ...told, workspace: 'w', example }, origin('a'));
  list.add({ ...told, workspace: 'w', example }, origin('a'));
  expect(list.newestFirst().map(({ workspace, example, count }) => [workspace, example, count])).toEqual([
    ['w', 'example 1', 2],
    ['', '', 1],
  ]);
});

test('what was foretold holds for the next rejections of that sender, in order, and only now', async () => {
  const list = new RejectionList();
  const told = { atMs: 1, reason: 'bad', remedy: 'fix', count: 1 };
  list.foretell('bad', origin('a'), 'one', () => 'of one');
  list.foretell('bad', origin('a'), 'two', () => 'of two');
  list.add(told, origin('b'));
  list.add(told, origin('a'));
  list.add(told, origin('a'));
  list.add(told, origin('a'));
  list.foretell('bad', origin('c'), 'three', () => 'of three');
  await new Promise(resolve => setImmediate(resolve));
  list.add(told, origin('c'));
  expect(list.newestFirst().map(({ sender, workspace, example }) => [sender, workspace, example])).toEqual([
    ['127.0.0.1 c', '', ''],
    ['127.0.0.1 a', '', ''],
    ['127.0.0.1 a', 'two', 'of two'],
    ['127.0.0.1 a', 'one', 'of one'],
    ['127.0.0.1 b', '', ''],
  ]);
});

test('a sender is a workspace’s service, a program and a protocol; its clock is compared with ours', () => {
  const list = new SenderList();
  list.seen({ service: 'shop', items: 3, newestMs: 900, receivedMs: 1000 }, origin('sdk'));
  list.seen({ service: 'shop', items: 2, newestMs: 6000, receivedMs: 1100 }, origin('sdk'));
  list.seen({ service: 'cart', items: 1, newestMs: undefined, receivedMs: 1200 }, origin('sdk'));
  list.seen({ workspace: 'acme', service: 'shop', items: 7, newestMs: undefined, receivedMs: 1300 }, origin('sdk'));
  const { workspace, items } = list.newestFirst()[0] ?? {};
  expect({ workspace, items }).toEqual({ workspace: 'acme', items: 7 });
  expect(list.newestFirst().slice(1)).toEqual([
    {
      workspace: '',
      service: 'cart',
      userAgent: 'sdk',
      protocol: 'otlp/http',
      items: 1,
      lastSeenMs: 1200,
      clockSkewMs: undefined,
    },
    {
      workspace: '',
      service: 'shop',
      userAgent: 'sdk',
      protocol: 'otlp/http',
      items: 5,
      lastSeenMs: 1100,
      clockSkewMs: 4900,
    },
  ]);
});
