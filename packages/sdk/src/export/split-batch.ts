import { ByteWriter } from '../otlp/byte-writer.js';
import { wireField, wireFields } from '../otlp/wire.js';
import type { Batch } from './batch.js';

interface Item {
  /** The `scope = 1` field of the list it stands in. */
  readonly scope: Buffer;
  readonly whole: Buffer;
}

/**
 * The two halves of a batch that was too large for its destination, by its items: spans, log records, metrics. Undefined when it holds only one.
 * `Export…Request { resource_… = 1 { resource = 1, scope_… = 2 { scope = 1, items = 2 } } }`
 */
export function halves(batch: Batch): readonly [Batch, Batch] | undefined {
  const group = wireField(batch.body, 1)?.bytes;
  if (group === undefined) return undefined;
  const resource = wireField(group, 1)?.whole ?? Buffer.alloc(0);
  const items: Item[] = [];
  for (const list of wireFields(group)) {
    if (list.number !== 2) continue;
    const scope = wireField(list.bytes, 1)?.whole ?? Buffer.alloc(0);
    for (const field of wireFields(list.bytes)) if (field.number === 2) items.push({ scope, whole: field.whole });
  }
  if (items.length < 2) return undefined;
  const middle = items.length >> 1;
  // A metric holds several series, so their number in each half is a share.
  const first = Math.round((batch.items * middle) / items.length);
  return [
    { ...batch, body: request(resource, items.slice(0, middle)), items: first },
    { ...batch, body: request(resource, items.slice(middle)), items: batch.items - first },
  ];
}

function request(resource: Buffer, items: readonly Item[]): Buffer {
  const size = items.reduce((sum, item) => sum + item.whole.length, resource.length + 1024);
  const out = new ByteWriter(size);
  const group = out.open(0x0a, 4);
  out.raw(resource);
  let scope: Buffer | undefined;
  let list = 0;
  for (const item of items) {
    if (item.scope !== scope) {
      if (scope !== undefined) out.close(list, 4);
      ({ scope } = item);
      list = out.open(0x12, 4);
      out.raw(scope);
    }
    out.raw(item.whole);
  }
  out.close(list, 4);
  out.close(group, 4);
  return out.take();
}
