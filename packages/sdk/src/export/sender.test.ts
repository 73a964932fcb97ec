import { expect, test, vi } from 'vitest';
import { type Post, type PostResult, retryAfter } from './post.js';
import { startSender } from './sender.js';
import { Metrics } from '../core/metrics.js';
import { Losses } from './losses.js';
import { Outbox } from './outbox.js';

function newOutbox() {
  const losses = new Losses(new Metrics(), 'there');
  return { losses, outbox: new Outbox({ maxBytes: 1_048_576, spool: undefined, losses }) };
}

function sending(answers: readonly PostResult[]) {
  const { outbox, losses } = newOutbox();
  const lines: string[] = [];
  const sent: number[] = [];
  let next = 0;
  const post: Post = async batch => {
    sent.push(batch.items);
    return answers[Math.min(next++, answers.length - 1)] ?? { result: 'accepted' };
  };
  const sender = startSender({
    outbox,
    post,
    destination: 'http://there',
    say: line => lines.push(line),
    random: () => 0,
  });
  const push = (items: number): void => outbox.push({ signal: 'traces', body: Buffer.alloc(10), items });
  return { outbox, losses, lines, sent, sender, push };
}

const impossible: Post = () => Promise.reject(new TypeError('Invalid character in header content ["authorization"]'));
const silent: Post = () => new Promise(() => {});
const away: PostResult = { result: 'unreachable', reason: 'ECONNREFUSED' };

test('[A6] while the server is away it is tried ever more rarely, and one line says so; then one says it is back', async () => {
  vi.useFakeTimers();
  try {
    const { outbox, lines, sent, sender, push } = sending([away, away, away, { result: 'accepted' }]);
    push(1);
    sender.wake();
    await vi.advanceTimersByTimeAsync(0);
    push(2);
    sender.wake();
    await vi.advanceTimersByTimeAsync(999);
    expect(sent).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    await vi.advanceTimersByTimeAsync(2000);
    await vi.advanceTimersByTimeAsync(4000);
    expect([sent, outbox.queue.size]).toEqual([[1, 1, 1, 1, 2], 0]);
    expect(lines).toEqual([
      'Bellwether: cannot reach http://there (ECONNREFUSED); telemetry is kept up to 1 MB and then the oldest is dropped. The application is not affected.',
      'Bellwether: http://there takes telemetry again.',
    ]);
  } finally {
    vi.useRealTimers();
  }
});

test('Retry-After is obeyed', async () => {
  vi.useFakeTimers();
  try {
    const { sent, sender, push } = sending([
      { result: 'busy', retryAfterMs: 20_000, reason: '503' },
      { result: 'accepted' },
    ]);
    push(1);
    sender.wake();
    await vi.advanceTimersByTimeAsync(19_999);
    expect(sent).toEqual([1]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([1, 1]);
  } finally {
    vi.useRealTimers();
  }
});

test('what is refused is dropped and counted, with the reason once', async () => {
  const { losses, lines, sender, push } = sending([{ result: 'refused', reason: '401 unknown key' }]);
  push(3);
  push(4);
  expect(await sender.drain(1000)).toBe(true);
  expect(losses.total.traces).toBe(7);
  expect(lines).toEqual(['Bellwether: http://there refused traces: 401 unknown key. They were dropped.']);
});

test('a drain ends at its deadline when the server does not answer', async () => {
  const { outbox } = newOutbox();
  outbox.push({ signal: 'logs', body: Buffer.alloc(1), items: 1 });
  const sender = startSender({ outbox, post: silent, destination: 'x', say: () => {}, random: () => 0 });
  expect(await sender.drain(30)).toBe(false);
});

test('Retry-After is seconds or a date', () => {
  expect(retryAfter('3', 0)).toBe(3000);
  expect(retryAfter(new Date(5000).toUTCString(), 1000)).toBe(4000);
  expect(retryAfter('soon', 0)).toBeUndefined();
  expect(retryAfter('999999', 0)).toBe(300_000);
});

test('a request that cannot be made is an outage like any other', async () => {
  const { outbox } = newOutbox();
  outbox.push({ signal: 'logs', body: Buffer.alloc(1), items: 1 });
  const lines: string[] = [];
  const sender = startSender({
    outbox,
    post: impossible,
    destination: 'x',
    say: line => lines.push(line),
    random: () => 0,
  });
  expect(await sender.drain(100)).toBe(false);
  expect(lines[0]).toContain('cannot reach x (Invalid character in header content ["authorization"])');
  sender.stop();
});
