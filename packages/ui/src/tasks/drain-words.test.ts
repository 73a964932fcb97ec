import { expect, test } from 'vitest';
import { drainWords } from './drain-words.js';

const words = (state: Parameters<typeof drainWords>[0]['state'], seconds: number | null = null): string => {
  const { mark, word } = drainWords({ state, seconds, netPerSecond: 0 });
  return `${mark} ${word}`;
};

test('[G3] only a queue that drains has a time; others say that they do not', () => {
  expect(words('draining', 120)).toBe('ok 2 m');
  expect(words('draining', 7200)).toBe('warn 2 h');
  expect([words('growing'), words('standing'), words('empty', 0), words('unknown')]).toEqual([
    'crit Growing',
    'warn Not draining',
    'ok Empty',
    'none Unknown',
  ]);
});
