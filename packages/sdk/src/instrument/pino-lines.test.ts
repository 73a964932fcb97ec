import { pino as makeLogger } from 'pino';
import { expect, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Recorder } from '../core/recorder.js';
import { attachAll } from './instrumentation.js';
import { pino } from './pino.js';

test('lines wait for a few dozen others or for the batch, an error for nobody, and none is lost or out of order', () => {
  const recorder = new Recorder(readConfig({}, {}), () => {});
  const attached = attachAll([pino], { recorder, disabled: [], onLoad: () => () => {} });
  const log = makeLogger({}, { write: () => {} });
  const { logs } = recorder;
  const bodies = (): readonly string[] =>
    logs.out.bytes.toString('latin1', 0, logs.out.length).match(/line \d+/g) ?? [];
  const write = (count: number): void => {
    const next = lines;
    for (lines = next; lines < next + count; lines++) log.child({ order: lines }).info(`line ${lines}`);
  };
  let lines = 0;
  write(3);
  expect(logs.count).toBe(0);
  log.error(`line ${lines++}`);
  expect(logs.count).toBe(4);
  write(31);
  expect(logs.count).toBe(4);
  write(1);
  expect(logs.count).toBe(36);
  write(2);
  recorder.settle();
  expect(logs.count).toBe(38);
  write(2);
  attached.detach();
  expect(bodies()).toEqual(Array.from({ length: 40 }, (_, index) => `line ${index}`));
  expect([...recorder.faults]).toEqual([]);
});

test('a child keeps the names of its parent for message and error', () => {
  const recorder = new Recorder(readConfig({}, {}), () => {});
  const attached = attachAll([pino], { recorder, disabled: [], onLoad: () => () => {} });
  const log = makeLogger({ messageKey: 'text' }, { write: () => {} });
  log.info('from the parent');
  log.child({ part: 'mail' }).child({ run: 7 }).info('from the child');
  recorder.settle();
  const written = recorder.logs.out.bytes.toString('latin1', 0, recorder.logs.out.length);
  expect(recorder.logs.count).toBe(2);
  expect(written).toContain('from the child');
  expect(written).not.toContain('text');
  attached.detach();
});
