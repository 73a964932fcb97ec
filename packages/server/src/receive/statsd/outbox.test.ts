import { expect, test } from 'vitest';
import { Refusal, tooBusy } from '../../base/refusal.js';
import { Outbox, type Entry } from './outbox.js';

const entry = (items: number, bytes = 10): Entry => ({
  parts: [{ signal: 'metrics', body: new Uint8Array(bytes) }],
  items,
});

/** A refusal that says to come again at once. */
const full = (): Refusal => new Refusal('full', { status: 503, reason: 'full', remedy: '', retryAfterSeconds: 0.001 });

interface Told {
  readonly outbox: Outbox;
  readonly kept: number[];
  readonly dropped: (readonly [items: number, wasTried: boolean])[];
  readonly refused: string[];
}

/** `answers` are what the log says, one after the other; then it keeps. Sizes of the bodies name the entries. */
function outboxWith(answers: Error[], maxBytes = 1000): Told {
  const told = { kept: [] as number[], dropped: [] as [number, boolean][], refused: [] as string[] };
  const outbox = new Outbox({
    keep(parts) {
      const answer = answers.shift();
      if (answer !== undefined) return Promise.reject(answer);
      told.kept.push(parts[0]!.body.length);
      return Promise.resolve();
    },
    maxBytes,
    dropped: ({ items }, wasTried) => told.dropped.push([items, wasTried]),
    refused: refusal => told.refused.push(refusal.message),
    bug: error => told.refused.push(`bug: ${String(error)}`),
  });
  return { outbox, ...told };
}

test('what the log has no room for is tried again, in order', async () => {
  const { outbox, kept, dropped } = outboxWith([full(), full(), full()]);
  [1, 2, 3].forEach(size => outbox.add(entry(1, size)));
  await expect.poll(() => kept).toEqual([1, 2, 3]);
  expect([dropped, outbox.bytes]).toEqual([[], 0]);
});

test('what can never be taken is told, and what follows is kept', async () => {
  const never = new Refusal('of too many days', { status: 400, reason: 'too-many-days', remedy: '' });
  const { outbox, kept, dropped, refused } = outboxWith([never, new TypeError('oh')]);
  [1, 2, 3].forEach(size => outbox.add(entry(1, size)));
  await expect.poll(() => kept).toEqual([3]);
  expect([refused, dropped]).toEqual([['of too many days', 'bug: TypeError: oh'], []]);
});

test('past its size the oldest that was not tried yet is dropped, and counted', async () => {
  const { outbox, kept, dropped } = outboxWith([tooBusy('full', 'full')], 100);
  for (let size = 30; size < 36; size++) outbox.add(entry(size, size));
  expect(dropped).toEqual([
    [31, false],
    [32, false],
    [33, false],
  ]);
  await outbox.close(100);
  expect(kept).toEqual([30, 34, 35]);
});

test('at the end what the log still refuses is dropped, and counted', async () => {
  const { outbox, dropped } = outboxWith(Array.from({ length: 99 }, () => tooBusy('full', 'full')));
  [1, 2].forEach(size => outbox.add(entry(size, size)));
  await outbox.close(100);
  expect(dropped).toEqual([
    [1, true],
    [2, true],
  ]);
});
