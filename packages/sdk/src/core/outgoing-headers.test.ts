import fc from 'fast-check';
import { expect, test } from 'vitest';
import { foreignParent } from './foreign-parent.js';
import { type Propagator, propagators, readPropagators, setTraceHeaders } from './outgoing-headers.js';
import { newTrace, noShared, Scope } from './scope.js';

function headers(wanted: readonly Propagator[], scope: Scope): Map<string, string> {
  const found = new Map<string, string>();
  setTraceHeaders(wanted, scope, scope.s0, scope.s1, (name, value) => void found.set(name, value));
  return found;
}

const scope = new Scope(
  0x4bf92f35,
  0x77b34da6,
  0xa3ce929d | 0,
  0x0e0e4736,
  0x00f067aa,
  0x0ba902b7,
  true,
  noShared(),
  undefined,
  'a=1',
);

test('[B4] each way says it as its specification does', () => {
  expect(Object.fromEntries(headers(propagators, scope))).toEqual({
    traceparent: '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
    tracestate: 'a=1',
    b3: '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1',
    'x-b3-traceid': '4bf92f3577b34da6a3ce929d0e0e4736',
    'x-b3-spanid': '00f067aa0ba902b7',
    'x-b3-sampled': '1',
    'x-datadog-trace-id': '11803532876627986230',
    'x-datadog-parent-id': '67667974448284343',
    'x-datadog-sampling-priority': '1',
    'x-datadog-tags': '_dd.p.tid=4bf92f3577b34da6',
    'sentry-trace': '4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-1',
  });
});

test('[B4] what we say in any way is what we understand', () => {
  const foreign = propagators.filter(name => name !== 'tracecontext' && name !== 'baggage');
  fc.assert(
    fc.property(fc.constantFrom(...foreign), fc.boolean(), (way, sampled) => {
      const { t0, t1, t2, t3, s0, s1 } = newTrace();
      const said = new Scope(t0, t1, t2, t3, s0, s1, sampled, noShared(), undefined, '');
      const sent = headers([way], said);
      expect(foreignParent(name => sent.get(name))).toBe(`00-${said.traceId}-${said.spanId}-0${sampled ? 1 : 0}`);
    }),
  );
});

test('W3C and baggage unless told otherwise; none is none, and what is unknown is named', () => {
  const problems: string[] = [];
  expect(readPropagators([], problems)).toEqual(['tracecontext', 'baggage']);
  expect(readPropagators(['none'], problems)).toEqual([]);
  expect(readPropagators(['B3', 'xray'], problems)).toEqual(['b3']);
  expect(problems).toHaveLength(1);
});
