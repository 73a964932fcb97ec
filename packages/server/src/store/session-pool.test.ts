import type { Session } from 'chdb';
import { expect, test } from 'vitest';
import { EngineBusy, SessionPool } from './session-pool.js';

/** The pool hands sessions on and asks nothing of them. */
const sessionsOf = (count: number): readonly Session[] => Array.from({ length: count }, () => ({}) as Session);

/** Leases under way, ended by hand. */
function leases(pool: SessionPool) {
  const begun: string[] = [];
  const ends: (() => void)[] = [];
  const lease = (owner: string, name = owner, signal?: AbortSignal): Promise<void> =>
    pool.lease(
      () => {
        begun.push(name);
        return new Promise(resolve => ends.push(resolve));
      },
      owner,
      signal,
    );
  return { begun, lease, endFirst: () => ends.shift()?.() };
}

test('who holds all sessions but the spare one holds up nobody else, and is next when nobody else waits', async () => {
  const { begun, lease, endFirst } = leases(new SessionPool(sessionsOf(3), 10, 1));
  const all = [lease('slow', 'slow 1'), lease('slow', 'slow 2'), lease('slow', 'slow 3')];
  all.push(lease('quick', 'quick 1'), lease('quick', 'quick 2'));
  await expect.poll(() => begun).toEqual(['slow 1', 'slow 2', 'quick 1']);
  // Of three sessions one is spare, so the end of the first makes no room for who has something under way.
  endFirst();
  endFirst();
  await expect.poll(() => begun.slice(3)).toEqual(['slow 3']);
  endFirst();
  await expect.poll(() => begun.slice(4)).toEqual(['quick 2']);
  endFirst();
  endFirst();
  await Promise.all(all);
});

test('an owner with too many in line is refused, and another is not; who leaves the line is not served', async () => {
  const { begun, lease, endFirst } = leases(new SessionPool(sessionsOf(1), 1));
  const first = lease('a');
  const leaving = new AbortController();
  const second = lease('a', 'left', leaving.signal);
  await expect(lease('a')).rejects.toThrow(EngineBusy);
  const third = lease('b');
  leaving.abort(new Error('gone'));
  await expect(second).rejects.toThrow('gone');
  endFirst();
  await first;
  await expect.poll(() => begun).toEqual(['a', 'b']);
  endFirst();
  await third;
});
