import { context, diag, metrics, propagation, trace, type TracerProvider } from '@opentelemetry/api';
import { afterEach, expect, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Recorder } from '../core/recorder.js';
import { installApi } from './install.js';

const key = Symbol.for('opentelemetry.js.api.1');
let uninstall: (() => void) | undefined;

afterEach(() => {
  uninstall?.();
  uninstall = undefined;
  for (const api of [context, metrics, propagation, trace, diag]) api.disable();
  Reflect.deleteProperty(globalThis, key);
});

const install = (): void => {
  uninstall = installApi(new Recorder(readConfig({}, {}), () => {}));
};

test('[A4] a newer copy of the API that has registered something before does not keep us out', () => {
  const logger = Object.fromEntries(['debug', 'error', 'info', 'verbose', 'warn'].map(level => [level, () => {}]));
  Reflect.set(globalThis, key, { version: '1.42.0', diag: logger });
  install();
  expect(trace.getTracer('a').startSpan('b').isRecording()).toBe(true);
  expect(Reflect.get(globalThis, key)).toMatchObject({ diag: logger });
});

test('[A4] a tracer that was taken before we came works once we are there', () => {
  const early = trace.getTracer('early');
  expect(early.startSpan('before').isRecording()).toBe(false);
  install();
  expect(early.startSpan('after').isRecording()).toBe(true);
});

test('what another SDK has registered stays with it', () => {
  const theirs: TracerProvider = { getTracer: () => trace.getTracer('none') };
  Reflect.set(globalThis, key, { version: '1.9.0', trace: theirs });
  install();
  expect(Reflect.get(Object(Reflect.get(globalThis, key)), 'trace')).toBe(theirs);
  uninstall?.();
  expect(Reflect.get(Object(Reflect.get(globalThis, key)), 'trace')).toBe(theirs);
});
