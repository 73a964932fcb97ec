import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foreignParent } from './foreign-parent.js';
import { isTraceParent } from './trace-parent.js';

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const span = '00f067aa0ba902b7';
const w3c = `00-${trace}-${span}-01`;
const unsampled = `00-${trace}-${span}-00`;
const short = `00-${'0'.repeat(16)}a3ce929d0e0e4736-${span}-01`;

const parentOf = (headers: Readonly<Record<string, string>>): string | undefined =>
  foreignParent(name => headers[name]);

test.each([
  [{ 'sentry-trace': `${trace}-${span}-1` }, w3c],
  [{ 'sentry-trace': `${trace}-${span}-0` }, unsampled],
  [{ 'sentry-trace': `${trace}-${span}` }, w3c],
  [{ 'sentry-trace': `${trace}-short-1` }, undefined],
  [{ b3: `${trace}-${span}-1-05e3ac9a4f6e3b90` }, w3c],
  [{ b3: `${trace}-${span}-d` }, w3c],
  [{ b3: `${trace}-${span}` }, w3c],
  [{ b3: `${trace.toUpperCase()}-${span.toUpperCase()}-0` }, unsampled],
  [{ b3: `a3ce929d0e0e4736-${span}-1` }, short],
  [{ b3: '0' }, undefined],
  [{ b3: `${'0'.repeat(32)}-${span}-1` }, undefined],
  [{ 'x-b3-traceid': trace, 'x-b3-spanid': span, 'x-b3-sampled': '1' }, w3c],
  [{ 'x-b3-traceid': trace, 'x-b3-spanid': span, 'x-b3-sampled': 'false' }, unsampled],
  [{ 'x-b3-traceid': trace, 'x-b3-spanid': span, 'x-b3-sampled': '0', 'x-b3-flags': '1' }, w3c],
  [{ 'x-b3-traceid': trace }, undefined],
  [
    {
      'x-datadog-trace-id': BigInt(`0x${trace.slice(16)}`).toString(),
      'x-datadog-parent-id': BigInt(`0x${span}`).toString(),
      'x-datadog-tags': `_dd.p.dm=-1,_dd.p.tid=${trace.slice(0, 16)}`,
      'x-datadog-sampling-priority': '2',
    },
    w3c,
  ],
  [
    {
      'x-datadog-trace-id': BigInt(`0x${trace.slice(16)}`).toString(),
      'x-datadog-parent-id': BigInt(`0x${span}`).toString(),
    },
    short,
  ],
  [
    { 'x-datadog-trace-id': '1', 'x-datadog-parent-id': '255', 'x-datadog-sampling-priority': '-1' },
    `00-${'0'.repeat(31)}1-00000000000000ff-00`,
  ],
  [{ 'x-datadog-trace-id': '99999999999999999999', 'x-datadog-parent-id': '1' }, undefined],
  [{ 'x-datadog-trace-id': '0', 'x-datadog-parent-id': '1' }, undefined],
  [{}, undefined],
])('[B4] the parent in %j is %s', (headers, expected) => {
  expect(parentOf(headers)).toBe(expected);
});

test('whatever the headers hold, what comes out is a traceparent that can be used, or nothing', () => {
  const text = fc.oneof(
    fc.string(),
    fc.stringMatching(/^[\da-f]{16,32}-[\da-f]{16}(-[01d])?$/),
    fc.stringMatching(/^\d{1,20}$/),
  );
  const names = ['sentry-trace', 'b3', 'x-b3-traceid', 'x-b3-spanid', 'x-datadog-trace-id', 'x-datadog-parent-id'];
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...names), text), headers => {
      const found = parentOf(headers);
      expect(found === undefined || isTraceParent(found)).toBe(true);
    }),
  );
});
