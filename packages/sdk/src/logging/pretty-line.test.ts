import { expect, test } from 'vitest';
import { prettyLine } from './pretty-line.js';

test('[J2][W16] a line for people has time, level, name and message, and loses no field', () => {
  const line =
    '{"level":"info","time":"2026-11-21T16:00:00.000Z","name":"shop","msg":"paid","duration_ms":12,"trace_id":"ab"}\n';
  expect(prettyLine(line)).toBe('2026-11-21T16:00:00.000Z | INFO  | shop | paid {"duration_ms":12}\n');
});

test('what is no JSON stays as it is', () => {
  expect(prettyLine('plain\n')).toBe('plain\n');
});
