import { resources } from '../store/native/tables.js';
import { AttributeRows } from './attribute-rows.js';
import type { TableBlock } from './block-builder.js';
import type { KnownResource } from './vocabulary.js';
import type { Words } from './words.js';

/** The resources a block needs a row for: those not yet written on that day by this process. */
export class ResourceBlock {
  private readonly rows: { readonly resource: KnownResource; readonly receivedMs: number }[] = [];

  add(resource: KnownResource, receivedMs: number): void {
    const day = Math.floor(receivedMs / 86_400_000);
    if (resource.writtenDay === day) return;
    resource.writtenDay = day;
    this.rows.push({ resource, receivedMs });
  }

  cut(words: Words): TableBlock[] {
    const { rows } = this;
    if (rows.length === 0) return [];
    const attributes = new AttributeRows(words);
    for (const { resource } of rows) attributes.add(resource.attributes);
    const word = (pick: (resource: KnownResource) => number): { texts: Words['texts']; indexes: Int32Array } => ({
      texts: words.texts,
      indexes: Int32Array.from(rows, ({ resource }) => pick(resource)),
    });
    const chunks = resources.encode(rows.length, {
      workspace: word(resource => resource.workspace),
      id: BigUint64Array.from(rows, ({ resource }) => (BigInt(resource.idHigh) << 32n) | BigInt(resource.idLow)),
      service: word(resource => resource.service),
      environment: word(resource => resource.environment),
      version: word(resource => resource.version),
      attrs: attributes.map(),
      attr_types: attributes.types(),
      last_seen: BigInt64Array.from(rows, ({ receivedMs }) => BigInt(receivedMs)),
      received: Uint16Array.from(rows, ({ receivedMs }) => receivedMs / 86_400_000),
    });
    return [{ table: resources.name, rows: rows.length, chunks }];
  }
}
