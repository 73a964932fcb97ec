import { expect, test } from 'vitest';
import { exportResponse, exportResponseJson, rpcStatus } from './otlp-answer.js';

test('all kept is an empty message, or {}', () => {
  expect(exportResponse('traces', { rejected: 0, rejectedReason: '' })).toEqual(Buffer.alloc(0));
  expect(exportResponseJson('logs', { rejected: 0, rejectedReason: '' })).toBe('{}');
});

test('a partial success names how many and why, in the bytes that OTLP says', () => {
  const taken = { rejected: 300, rejectedReason: 'no ids' };
  const text = Buffer.from('some traces can not be stored: no ids. The rest was kept').toString('hex');
  expect(exportResponse('traces', taken).toString('hex')).toBe(`0a3d08ac021238${text}`);
  expect(JSON.parse(exportResponseJson('metrics', taken))).toEqual({
    partialSuccess: {
      rejectedDataPoints: '300',
      errorMessage: 'some metrics can not be stored: no ids. The rest was kept',
    },
  });
});

test('a status that may be tried again carries RetryInfo', () => {
  const url = Buffer.from('type.googleapis.com/google.rpc.RetryInfo').toString('hex');
  expect(rpcStatus({ code: 14, message: 'full', retryAfterSeconds: 5 }).toString('hex')).toBe(
    `080e120466756c6c1a300a28${url}12040a020805`,
  );
  expect(rpcStatus({ code: 3, message: 'bad', retryAfterSeconds: undefined }).toString('hex')).toBe('08031203626164');
});
