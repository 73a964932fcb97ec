import { expect, test } from 'vitest';
import { decodeFiles, readFile } from '../raw-files.js';
import { swallowAnything } from '../hostile-parts.test-support.js';
import { datadogProfile } from './profile.js';

const type = 'multipart/form-data; boundary=b0undary';
const part = (headers: string, data: string | Buffer): Buffer =>
  Buffer.concat([Buffer.from(`--b0undary\r\n${headers}\r\n\r\n`), Buffer.from(data), Buffer.from('\r\n')]);
const end = Buffer.from('--b0undary--\r\n');
const pprof = Buffer.from([0x1f, 0x8b, 13, 10, 0, 255]);
const form = Buffer.concat([
  part(
    'Content-Disposition: form-data; name="event"; filename="event.json"\r\nContent-Type: application/json',
    JSON.stringify({
      attachments: ['wall.pprof'],
      start: '2026-11-21T04:26:07.367Z',
      end: '2026-11-21T04:26:12.405Z',
      family: 'node',
      version: '4',
      tags_profiler: 'service:shop,env:prod,version:1.2.3,runtime-id:r1,process_id:17,format:pprof,_dd.rc.client_id:x',
    }),
  ),
  part(
    'Content-Disposition: form-data; name="wall.pprof"; filename="wall.pprof"\r\nContent-Type: application/octet-stream',
    pprof,
  ),
  end,
]);

test('a profile is kept as it came, under the service and the time it says', () => {
  const [files] = datadogProfile(form, type, 5n);
  const batch = decodeFiles(files?.body ?? new Uint8Array());
  expect(batch.items).toBe(1);
  const { texts, dataAt, dataLength, timeAt } = readFile(batch.body, batch.places[0] ?? 0, batch.places[1] ?? 0);
  expect(texts).toEqual(['profile', 'wall.pprof', 'application/octet-stream', 'shop', 'prod', '1.2.3']);
  expect(Buffer.from(batch.body.subarray(dataAt, dataAt + dataLength))).toEqual(pprof);
  expect(Buffer.from(batch.body).readBigUInt64LE(timeAt)).toBe(
    BigInt(Date.parse('2026-11-21T04:26:07.367Z')) * 1_000_000n,
  );
});

test('what is no form, has no file or is cut short is refused', () => {
  expect(() => datadogProfile(form, 'application/json', 5n)).toThrow('multipart/form-data');
  expect(() => datadogProfile(Buffer.from('x'), type, 5n)).toThrow('begins with its boundary');
  expect(() => datadogProfile(end, type, 5n)).toThrow('has no file');
  expect(() => datadogProfile(form.subarray(0, -20), type, 5n)).toThrow('is the body complete?');
});

test('whatever bytes come, they are read or refused', () => {
  expect(() => swallowAnything(body => datadogProfile(body, type, 5n), form)).not.toThrow();
});
