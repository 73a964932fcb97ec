import { expect, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Batches } from '../core/batches.js';
import { Recorder } from '../core/recorder.js';
import { logsOf } from '../test-support/otlp.js';
import { partialSuccess } from './otlp-answer.js';
import { halves } from './split-batch.js';

test('a batch that is too large becomes two, with the same resource; a single item cannot be split', () => {
  const recorder = new Recorder(readConfig({}, {}), () => {});
  for (const body of ['a', 'b', 'c'])
    recorder.log({ severity: 9, severityText: 'INFO', body, attributes: { body }, eventName: 'test' });
  const [batch] = new Batches(recorder, { 'service.name': 'shop' }, '1').take();
  const parts = batch === undefined ? undefined : halves(batch);
  expect(parts?.map(part => [part.items, logsOf(part.body).map(log => `${log.service} ${String(log.body)}`)])).toEqual([
    [1, ['shop a']],
    [2, ['shop b', 'shop c']],
  ]);
  const [first] = parts ?? [];
  expect(first === undefined ? undefined : halves(first)).toBeUndefined();
});

test('what a destination did not keep of a request is read from its answer; anything else says nothing', () => {
  const answer = Buffer.from([0x0a, 8, 0x08, 3, 0x12, 4, ...Buffer.from('full')]);
  expect(partialSuccess(answer)).toEqual({ rejected: 3, reason: 'full' });
  for (const bytes of [Buffer.alloc(0), Buffer.from('{"partialSuccess":{}}'), Buffer.alloc(50, 0xff)])
    expect(partialSuccess(bytes).rejected).toBe(0);
});
