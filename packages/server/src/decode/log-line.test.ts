import { expect, test } from 'vitest';
import { levelOf, readLine } from './log-line.js';

const hex = (bytes: Uint8Array | undefined): string | undefined => bytes && Buffer.from(bytes).toString('hex');

test.each([
  ['{"level":"warn","msg":"slow"}', 'warn', 13],
  ['{"severity":"ERROR","message":"x"}', 'ERROR', 17],
  ['{"level":50,"time":1,"msg":"pino"}', 'error', 17],
  ['{"level":35,"msg":"a number of somebody’s own"}', undefined, undefined],
  ['ts=2026-01-01 level=error msg="ERROR is a word too"', 'error', 17],
  ['2026-01-01 12:00:00 INFO  started', 'INFO', 9],
  ['[warn] disk is nearly full', 'warn', 13],
  ['error: it failed', 'error', 17],
  ['{"level": broken ERROR', 'ERROR', 17],
  ['no information about errors here', undefined, undefined],
  ['set LOG_INFO_ERRORS to see', undefined, undefined],
  ['level=5 of the building', undefined, undefined],
])('the level of %j is %s', (line, text, number) => {
  const { level } = readLine(line);
  expect([level?.text, level?.number]).toEqual([text, number]);
});

test.each([
  '{"trace_id":"5b8efff798038103d269b633813fc60c","span_id":"eee19b7ec3c1b174"}',
  '{"traceID":"5b8efff798038103d269b633813fc60c","spanID":"eee19b7ec3c1b174"}',
  'GET / trace_id=5b8efff798038103d269b633813fc60c span_id=eee19b7ec3c1b174 took 3 ms',
  'GET / (traceId: 5B8EFFF798038103D269B633813FC60C, spanId: "EEE19B7EC3C1B174")',
])('the trace and span of %j are found', line => {
  const { traceId, spanId } = readLine(line);
  expect([hex(traceId), hex(spanId)]).toEqual(['5b8efff798038103d269b633813fc60c', 'eee19b7ec3c1b174']);
});

test('a trace id of 64 bits has zeros in front; zeros alone are no id', () => {
  expect(hex(readLine('trace_id=eee19b7ec3c1b174').traceId)).toBe('0000000000000000eee19b7ec3c1b174');
  expect(readLine(`trace_id=${'0'.repeat(32)}`).traceId).toBeUndefined();
  expect(readLine('{"trace_id":"7"}').traceId).toBeUndefined();
});

test('a level is a word, known or not, or one of Pino’s numbers', () => {
  expect(levelOf(' Warning ')).toEqual({ text: 'Warning', number: 13 });
  expect(levelOf('30')).toEqual({ text: 'info', number: 9 });
  expect(levelOf('audit')).toEqual({ text: 'audit', number: 0 });
  expect([levelOf(''), levelOf(7), levelOf(null)]).toEqual([undefined, undefined, undefined]);
});

test('a line of any length costs little', () => {
  const before = process.cpuUsage();
  for (const part of ['trace_id=', 'level=', '{"a":', '[', 'ERROR_', ' ']) readLine(part.repeat(1_000_000));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(500);
});
