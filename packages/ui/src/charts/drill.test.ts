import { expect, test } from 'vitest';
import { differenceOf, noDrill } from './drill.js';

test('a stretch of a chart is compared by the spans behind it, else by its log lines; an error by what it did not happen to', () => {
  const stretch = { selFrom: '1', selTo: '2' };
  expect(differenceOf({ traces: 'a', logs: 'b', spans: 'c' }, '1', '2')).toEqual({ q: 'c', ...stretch });
  expect(differenceOf({ traces: 'a', logs: 'b' }, '1', '2')).toEqual({ q: 'a', ...stretch });
  expect(differenceOf({ ...noDrill, logs: 'has:event' }, '1', '2')).toEqual({
    q: 'has:event',
    signal: 'logs',
    ...stretch,
  });
  expect(differenceOf({ ...noDrill, traces: 'a', error: 'e' }, '1', '2')).toEqual({ q: 'a', error: 'e', ...stretch });
  expect(differenceOf({ ...noDrill, spans: 'a', selected: 'b' }, '1', '2')).toEqual({
    q: 'a',
    selected: 'b',
    ...stretch,
  });
  expect(differenceOf(noDrill, '1', '2')).toBeUndefined();
});
