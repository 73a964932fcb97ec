import { expect, test } from 'vitest';
import { decodeLogs, logField } from './otlp-logs.js';
import { decodeMetrics } from './otlp-metrics.js';
import { decodeTraces, spanField } from './otlp-traces.js';

/** Requests written down byte by byte, as OTLP's `.proto` files number their fields. */

const hex = (...lines: readonly string[]): Uint8Array => Buffer.from(lines.join('').replaceAll(/\s/g, ''), 'hex');
const text = (body: Uint8Array, at: number | undefined = 0, length: number | undefined = 0): string =>
  Buffer.from(body.subarray(at, at + length)).toString();

test('a span', () => {
  const body = hex(
    '0a 49', // resource_spans
    '  0a 0d  0a 0b  0a 01 61  12 06  0a 04 73 68 6f 70', // resource: a = "shop"
    '  12 38', // scope_spans
    '    0a 03  0a 01 6c', // scope: name "l"
    '    12 31', // span
    '      0a 10 000102030405060708090a0b0c0d0e0f', // trace_id
    '      12 08 1011121314151617', // span_id
    '      2a 02 6f 70', // name "op"
    '      30 02', // kind: server
    '      4a 09  0a 01 6e  12 04  18 ac 82 01', // n = 16684
    '      7a 02 18 02', // status: error
  );
  const { items, spans, attributes, resources, scopes } = decodeTraces(body);
  expect(items).toBe(1);
  expect(text(body, spans[spanField.nameAt], spans[spanField.nameLength])).toBe('op');
  expect([spans[spanField.kind], spans[spanField.statusCode], spans[spanField.parentSpanIdAt]]).toEqual([2, 2, -1]);
  expect(body[spans[spanField.traceIdAt] ?? 0]).toBe(0x00);
  expect(body[spans[spanField.spanIdAt] ?? 0]).toBe(0x10);
  expect([...attributes]).toEqual([body.length - 11, 8 + 1, body.length - 7, 3]);
  expect([...resources]).toEqual([4, 13]);
  expect([...scopes]).toEqual([21, 3]);
});

test('a log record', () => {
  const body = hex(
    '0a 21  12 1f  12 1d', // resource_logs, scope_logs, log_records
    '  09 0100000000000000', // time_unix_nano
    '  10 11', // severity_number: error
    '  2a 04  0a 02 68 69', // body "hi"
    '  45 01000000', // flags
    '  62 05 65 76 65 6e 74', // event_name "event"
  );
  const { items, logs } = decodeLogs(body);
  expect(items).toBe(1);
  expect([logs[logField.severityNumber], logs[logField.flags], logs[logField.traceIdAt]]).toEqual([17, 1, -1]);
  expect(text(body, logs[logField.bodyAt], logs[logField.bodyLength])).toBe('hi');
  expect(text(body, logs[logField.eventNameAt], logs[logField.eventNameLength])).toBe('event');
});

test('a sum of one point', () => {
  const body = hex(
    '0a 23  12 21  12 1f', // resource_metrics, scope_metrics, metrics
    '  0a 01 6d', // name "m"
    '  3a 1a', // sum
    '    0a 14', // data_points
    '      19 0200000000000000', // time_unix_nano
    '      31 fbffffffffffffff', // as_int: -5
    '      40 00', // flags
    '    10 01  18 01', // delta, monotonic
  );
  const { items, metrics, numbers } = decodeMetrics(body);
  expect(items).toBe(1);
  expect(metrics).toMatchObject([{ type: 'sum', temporality: 'delta', isMonotonic: true, nameLength: 1 }]);
  expect(numbers).toMatchObject([{ metric: 0, value: -5, noValue: false }]);
});
