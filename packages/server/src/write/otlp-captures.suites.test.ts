import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Encoding, OtlpSignal } from '../decode/batch.js';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from './block-builder.js';
import { expectedLogs, expectedPoints, expectedSpans } from './otlp-model.test-support.js';
import { readMessage, readSchema, type Schema } from './proto-schema.test-support.js';
import { inOrder, storedLogs, storedPoints, storedSpans, withSortedResource } from './stored-rows.test-support.js';
import { openTestStore, type TestStore } from './stored.test-support.js';

/** `../shared/suites` beside the project's root. */
const suites = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites');
})();
const captures = join(suites, 'client-captures');
const examples = join(suites, 'otlp-examples', 'examples');
const protos = join(suites, 'otlp-examples', 'opentelemetry', 'proto');

let store: TestStore;
let schema: Schema;
let workspaces = 0;
beforeAll(async () => {
  store = await openTestStore();
  const parts = ['common', 'resource', 'trace', 'logs', 'metrics'];
  schema = readSchema(parts.map(part => readFileSync(join(protos, part, 'v1', `${part}.proto`), 'utf8')));
});
afterAll(() => store.close());

interface Captured {
  readonly name: string;
  readonly signal: OtlpSignal;
  readonly encoding: Encoding;
  readonly body: Buffer;
}

function signalOf(path: string): OtlpSignal {
  return /trace/i.test(path) ? 'traces' : /logs/i.test(path) ? 'logs' : 'metrics';
}

/** Every request with a body in the recordings of OpenTelemetry's exporters. */
function captured(): readonly Captured[] {
  return readdirSync(captures)
    .filter(name => /^out-otel-.*\.jsonl$/.test(name))
    .flatMap(file =>
      readFileSync(join(captures, file), 'utf8')
        .split('\n')
        .filter(line => line !== '')
        .map((line, i) => {
          const { url, path, body, b64 } = JSON.parse(line);
          const bytes = body === undefined ? Buffer.from(b64 ?? '', 'base64') : Buffer.from(body);
          const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
          return {
            name: `${file} ${i} ${url ?? path}`,
            signal: signalOf(url ?? path),
            encoding: body === undefined ? ('protobuf' as const) : ('json' as const),
            body: isGzip ? gunzipSync(bytes) : bytes,
          };
        }),
    )
    .filter(({ body }) => body.length > 0);
}

/** The same request in JSON form, read without our decoders. */
function independent({ signal, encoding, body }: Captured): object {
  if (encoding === 'json') return JSON.parse(body.toString());
  return readMessage(schema, { traces: 'TracesData', logs: 'LogsData', metrics: 'MetricsData' }[signal], body);
}

/** Sends a request through everything; what the tables hold of it, and what they should. */
async function sendAndRead(
  request: Captured,
): Promise<{ readonly stored: readonly string[]; readonly expected: readonly string[] }> {
  const workspace = `w${++workspaces}`;
  const builder = new BlockBuilder();
  const batch = decode(request.signal, request.encoding, request.body);
  if (batch.rejected > 0 || batch.items === 0) throw new Error(`${batch.items} accepted, ${batch.rejected} rejected`);
  builder.add(batch, { workspace, recordSeq: workspaces, receivedMs: Date.now() });
  await store.load(builder.cut());
  const sent = independent(request);
  const [stored, expected] = {
    traces: [storedSpans, () => expectedSpans(sent).map(withSortedResource)] as const,
    logs: [storedLogs, () => expectedLogs(sent).map(withSortedResource)] as const,
    metrics: [storedPoints, () => expectedPoints(sent)] as const,
  }[request.signal];
  if (expected().length !== batch.items) throw new Error(`${batch.items} accepted of ${expected().length}`);
  return { stored: inOrder(await stored(store, workspace)), expected: inOrder(expected()) };
}

test.each(captured().map(request => [request.name, request] as const))(
  '[B8] a recorded request is stored as it was sent: %s',
  async (_, request) => {
    const { stored, expected } = await sendAndRead(request);
    expect(stored).toEqual(expected);
  },
);

test.each(readdirSync(examples).filter(name => name.endsWith('.json')))(
  '[B8] the example of the OTLP repository is stored as it was sent: %s',
  async file => {
    const signal = file === 'trace.json' ? 'traces' : file === 'metrics.json' ? 'metrics' : 'logs';
    const { stored, expected } = await sendAndRead({
      name: file,
      signal,
      encoding: 'json',
      body: readFileSync(join(examples, file)),
    });
    expect(stored).toEqual(expected);
  },
);
