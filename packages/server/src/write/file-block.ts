import { high32, low32 } from '../decode/fixed64.js';
import { readFile, type FileBatch } from '../decode/raw-files.js';
import { rawFiles } from '../store/native/tables.js';
import { AttributeRows } from './attribute-rows.js';
import type { TableBlock } from './block-builder.js';
import { setTime, type Arrival } from './span-block.js';
import { TextColumn } from './text-column.js';
import { attributesOf, type Attribute } from './value-text.js';
import type { Words } from './words.js';

interface FileRow {
  readonly workspace: number;
  /** kind, name, content type, service, environment, version */
  readonly texts: readonly string[];
  readonly low: number;
  readonly high: number;
  readonly traceId: Uint8Array;
  readonly attributes: readonly Attribute[];
  readonly data: Uint8Array;
  readonly receivedMs: number;
}

/** Attributes of a file, as a tag of its message (`decode/raw-files.ts`). */
const attributesTag = 74;

/** Files of the block being built. After `cut` it is used up. */
export class FileBlock {
  private readonly list: FileRow[] = [];
  /** Bytes of data so far. */
  bytes = 0;

  get rows(): number {
    return this.list.length;
  }

  /** Adds all of the batch. The data is copied: the batch's body is given back. */
  add({ body, places }: FileBatch, arrival: Arrival): void {
    for (let i = 0; i < places.length; i += 2) {
      const at = places[i]!;
      const length = places[i + 1]!;
      const { texts, timeAt, traceIdAt, dataAt, dataLength } = readFile(body, at, length);
      const ns = BigInt(arrival.receivedMs) * 1_000_000n;
      this.list.push({
        workspace: arrival.workspace,
        texts,
        low: timeAt < 0 ? Number(ns & 0xffff_ffffn) : low32(body, timeAt),
        high: timeAt < 0 ? Number(ns >> 32n) : high32(body, timeAt),
        traceId: traceIdAt < 0 ? new Uint8Array(16) : body.slice(traceIdAt, traceIdAt + 16),
        attributes: attributesOf(body, at, at + length, attributesTag, arrival.words.scrubber),
        data: body.slice(dataAt, dataAt + dataLength),
        receivedMs: arrival.receivedMs,
      });
      this.bytes += dataLength;
    }
  }

  cut(words: Words): TableBlock[] {
    const rows = this.list;
    if (rows.length === 0) return [];
    const ts = new Uint32Array(rows.length * 2);
    const traceIds = new Uint8Array(rows.length * 16);
    const attributes = new AttributeRows(words);
    const names = new TextColumn();
    const data = new TextColumn();
    for (const [row, file] of rows.entries()) {
      setTime(ts, row, file.low, file.high);
      traceIds.set(file.traceId, row * 16);
      attributes.add(file.attributes);
      names.putText(file.texts[1] ?? '');
      data.putBytes(file.data);
    }
    const word = (index: number): { texts: Words['texts']; indexes: Int32Array } => ({
      texts: words.texts,
      indexes: Int32Array.from(rows, ({ texts }) => words.ofText(texts[index] ?? '')),
    });
    const chunks = rawFiles.encode(rows.length, {
      workspace: { texts: words.texts, indexes: Int32Array.from(rows, ({ workspace }) => workspace) },
      ts: new BigInt64Array(ts.buffer),
      kind: word(0),
      name: names,
      content_type: word(2),
      service: word(3),
      environment: word(4),
      version: word(5),
      trace_id: traceIds,
      attrs: attributes.map(),
      data,
      received: Uint16Array.from(rows, ({ receivedMs }) => receivedMs / 86_400_000),
    });
    return [{ table: rawFiles.name, rows: rows.length, chunks }];
  }
}
