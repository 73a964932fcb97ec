import { expect, test } from 'vitest';
import { decode } from '../decode/decode.js';
import { spanKind, tracesRequest } from '../decode/otlp-writer.js';
import { enrichment } from '../enrich/enrichment.js';
import { BlockBuilder } from './block-builder.js';

/** Server spans of one service, one for each path. */
function visits(paths: readonly string[]): Uint8Array {
  const ids = { traceId: Buffer.alloc(16, 1), spanId: Buffer.alloc(8, 1) };
  const span = { ...ids, name: 'GET', kind: spanKind.server, startNs: 1n, endNs: 2n };
  const items = paths.map(path => ({ ...span, attributes: [['url.path', path] as const] }));
  return tracesRequest([{ resource: [['service.name', 'api']], items }]);
}

const word = (i: number): string => `${String.fromCodePoint(97 + (i % 26), 97 + Math.floor(i / 26))}page`;

test('paths of one workspace do not use up the room for those of another', () => {
  const enriching = enrichment();
  const builder = new BlockBuilder(enriching);
  const add = (workspace: string, paths: readonly string[]): number => {
    const before = enriching.routes.overflowed;
    const batch = decode('traces', 'protobuf', visits(paths));
    builder.add(batch, { workspace, recordSeq: 1, receivedMs: 1_790_000_000_000 });
    return enriching.routes.overflowed - before;
  };
  const many = Array.from({ length: 200 }, (_, i) => `/${word(i)}`);
  expect(add('one', many)).toBeGreaterThan(0);
  expect(add('two', ['/cart', '/checkout'])).toBe(0);
});
