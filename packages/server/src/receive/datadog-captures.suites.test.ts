import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { MsgpackReader } from '../decode/msgpack.js';
import { receiveAndStore, type StoredHere } from './stored-here.test-support.js';

/** `../shared/suites` beside the project's root. */
const captures = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites', 'client-captures');
})();
const files = readdirSync(captures).filter(name => /^out-dd-.*\.jsonl$/.test(name));

let here: StoredHere;
beforeAll(async () => {
  here = await receiveAndStore({ ports: { datadog: { host: '127.0.0.1', port: 0 } } });
}, 30_000);
afterAll(() => here.close());

interface Recorded {
  readonly m: string;
  readonly url: string;
  readonly h: Readonly<Record<string, string>>;
  readonly body?: string;
  readonly b64?: string;
}

const big = (field: unknown): bigint => (typeof field === 'bigint' ? field : BigInt(Number(field)));

function spansOf(url: string, bytes: Uint8Array): readonly { readonly id: bigint; readonly startNs: bigint }[] {
  const value = new MsgpackReader(bytes).value();
  const chunks = Array.isArray(value) ? (url.includes('v0.5') ? value[1] : value) : [];
  return chunks
    .flat()
    .map((span: unknown) =>
      span instanceof Map
        ? { id: big(span.get('span_id')), startNs: big(span.get('start')) }
        : { id: big(Object(span)[4]), startNs: big(Object(span)[6]) },
    );
}

test.each(files)('[B8] everything in %s is taken, and every span stands in the store', async file => {
  const requests: readonly Recorded[] = readFileSync(join(captures, file), 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line));
  const expected: { readonly id: bigint; readonly startNs: bigint }[] = [];
  for (const { m, url, h, body, b64 } of requests) {
    const bytes = b64 === undefined ? Buffer.from(body ?? '') : Buffer.from(b64, 'base64');
    const {
      host: _host,
      connection: _connection,
      'content-length': _length,
      'transfer-encoding': _chunked,
      ...headers
    } = h;
    const answer = await fetch(`http://127.0.0.1:${here.receiver.ports.datadog}${url}`, {
      method: m,
      headers,
      body: bytes,
    });
    // Binary forms were recorded as text.
    if (url === '/profiling/v1/input' && b64 === undefined) continue;
    expect([url, answer.ok]).toEqual([url, true]);
    if (url.endsWith('/traces')) expected.push(...spansOf(url, bytes));
  }
  expect(expected.length).toBeGreaterThan(0);
  const stored = new Map(
    (
      await here.rows<{ id: string; ns: string }>(
        'SELECT toString(reinterpretAsUInt64(reverse(span_id))) AS id, toString(toUnixTimestamp64Nano(ts)) AS ns FROM spans',
      )
    ).map(({ id, ns }) => [id, ns]),
  );
  expect(expected.filter(({ id, startNs }) => stored.get(String(id)) !== String(startNs))).toEqual([]);
});
