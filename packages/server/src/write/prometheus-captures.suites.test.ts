import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { plainUnsnappy, readPlain } from '../decode/remote-write/plain-request.test-support.js';
import { unsnappy } from '../decode/snappy.js';
import { BlockBuilder } from './block-builder.js';
import { expectedSeries, storedSeries } from './stored-series.test-support.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

/** `../shared/suites` beside the project's root. */
const captures = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites', 'client-captures');
})();

let store: TestStore;
beforeAll(async () => {
  store = await openTestStore();
});
afterAll(() => store.close());

interface Captured {
  readonly h: Readonly<Record<string, string>>;
  readonly b64?: string;
}

const files = readdirSync(captures).filter(name => /^prom-.*\.jsonl$/.test(name));

const requestsOf = (file: string): readonly { readonly version: 1 | 2; readonly packed: Buffer }[] =>
  readFileSync(join(captures, file), 'utf8')
    .trim()
    .split('\n')
    .map((line): Captured => JSON.parse(line))
    .flatMap(({ h, b64 }) =>
      b64 === undefined
        ? []
        : [
            {
              version: h['content-type']?.includes('write.v2') ? (2 as const) : (1 as const),
              packed: Buffer.from(b64, 'base64'),
            },
          ],
    );

test('there are recordings of both messages, with native histograms and exemplars', () => {
  const requests = files.flatMap(requestsOf);
  expect(new Set(requests.map(({ version }) => version))).toEqual(new Set([1, 2]));
  const rows = expectedSeries(requests.map(({ version, packed }) => readPlain(version, plainUnsnappy(packed))));
  expect(rows.samples.length).toBeGreaterThan(1000);
});

test.each(files.filter(file => requestsOf(file).length > 0))(
  'every sample, histogram and exemplar of %s is stored with every label, bit by bit',
  async file => {
    const builder = new BlockBuilder();
    const requests = requestsOf(file);
    for (const [recordSeq, { version, packed }] of requests.entries()) {
      const batch = decode('metrics', `remote-write-${version}`, unsnappy(packed, 1 << 26));
      expect(batch.rejected).toBe(0);
      builder.add(batch, { workspace: file, recordSeq, receivedMs: Date.now() });
    }
    await store.load(builder.cut());
    const expected = requests.map(({ version, packed }) => readPlain(version, plainUnsnappy(packed)));
    expect(await storedSeries(store, file)).toEqual(expectedSeries(expected));
    const families = new Map(expected.flatMap(({ families }) => families).map(family => [family.name, family.help]));
    const rows = await store.rows<{ metric: string; help: string }>(
      `SELECT metric, help FROM metric_metadata FINAL WHERE workspace = '${file}'`,
    );
    expect(new Map(rows.map(row => [row.metric, row.help]))).toEqual(families);
  },
);
