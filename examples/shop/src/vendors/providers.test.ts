import { expect, test } from 'vitest';
import { seededRandom } from '../domain/random.js';
import { decide, providers, type Outcome } from './providers.js';

test('cardinal declines about one charge in ten and is sometimes busy, and only ledgerly falls silent', () => {
  expect(outcomes('cardinal').declined / 10_000).toBeCloseTo(0.095, 1);
  expect(outcomes('cardinal').busy / 10_000).toBeCloseTo(0.03, 1);
  expect(outcomes('cardinal').silent).toBe(0);
  expect(outcomes('ledgerly').silent / 10_000).toBeCloseTo(0.035, 1);
});

function outcomes(name: string): Readonly<Record<Outcome, number>> {
  const chosen = providers.find(one => one.name === name);
  if (chosen === undefined) throw new Error(`no provider ${name}`);
  const random = seededRandom(11);
  const counts = { approved: 0, declined: 0, busy: 0, silent: 0 };
  for (let i = 0; i < 10_000; i++) counts[decide(random, chosen).outcome]++;
  return counts;
}
