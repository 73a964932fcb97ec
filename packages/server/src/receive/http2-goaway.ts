/**
 * What an HTTP/2 client understands as "not here": an empty SETTINGS frame and a GOAWAY with HTTP_1_1_REQUIRED and a text (RFC 9113, 6.5 and 6.8).
 *
 *     frame = length of payload (u24) · type (u8) · flags (u8) · stream (u32) · payload          numbers big-endian
 */
export function goAway(text: string): Buffer {
  const debug = Buffer.from(text, 'utf8');
  const payload = Buffer.alloc(8 + debug.length);
  payload.writeUInt32BE(0, 0);
  payload.writeUInt32BE(0x0d, 4);
  debug.copy(payload, 8);
  return Buffer.concat([frame(4, Buffer.alloc(0)), frame(7, payload)]);
}

function frame(type: number, payload: Buffer): Buffer {
  const head = Buffer.alloc(9);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  return Buffer.concat([head, payload]);
}
