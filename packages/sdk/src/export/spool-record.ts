import { crc32 } from 'node:zlib';
import { type Batch, signals } from './batch.js';

/**
 * A batch in a spool file: `length u32 · crc32 u32 · signal u8 · precious u8 · items u32 · body`, little-endian; the length counts what comes after the checksum, which is of the same bytes.
 */
const headBytes = 8;
const factBytes = 6;

/** Far beyond any batch of ours; more is not from us. */
const maxRecordBytes = 64 * 1_048_576;

export function spoolRecord({ signal, body, items, isPrecious }: Batch): readonly Buffer[] {
  const head = Buffer.alloc(headBytes + factBytes);
  head.writeUInt32LE(factBytes + body.length, 0);
  head.writeUInt8(signals.indexOf(signal), 8);
  head.writeUInt8(isPrecious === true ? 1 : 0, 9);
  head.writeUInt32LE(items, 10);
  head.writeUInt32LE(crc32(body, crc32(head.subarray(headBytes))), 4);
  return [head, body];
}

/** The batches of a spool file, up to the first that is not as it was written (`isWhole` is false then). */
export function readSpoolRecords(bytes: Buffer): { readonly batches: readonly Batch[]; readonly isWhole: boolean } {
  const batches: Batch[] = [];
  let at = 0;
  while (at < bytes.length) {
    if (at + headBytes + factBytes > bytes.length) return { batches, isWhole: false };
    const length = bytes.readUInt32LE(at);
    const end = at + headBytes + length;
    if (length < factBytes || length > maxRecordBytes || end > bytes.length) return { batches, isWhole: false };
    const signal = signals[bytes.readUInt8(at + 8)];
    const isWhole = crc32(bytes.subarray(at + headBytes, end)) === bytes.readUInt32LE(at + 4);
    if (signal === undefined || !isWhole) return { batches, isWhole: false };
    batches.push({
      signal,
      body: bytes.subarray(at + headBytes + factBytes, end),
      items: bytes.readUInt32LE(at + 10),
      isPrecious: bytes.readUInt8(at + 9) === 1,
    });
    at = end;
  }
  return { batches, isWhole: true };
}
