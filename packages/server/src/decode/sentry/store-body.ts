import { BadInput } from '../../base/bad-input.js';
import { unpackNow } from '../../base/inflate.js';
import { maxJsonBytes } from './exact-json.js';

const openBrace = 0x7b;
const whiteSpace = new Set([0x20, 0x09, 0x0a, 0x0d]);

/**
 * The JSON of a body sent to `/store/`: as it is, in a form's field `sentry_data`, or zlib-packed and in base64 as SDKs of before 2017 send it.
 * Throws `BadInput` when it is none of these.
 */
export function storeBody(body: Uint8Array): Uint8Array {
  if (firstByte(body) === openBrace) return body;
  const text = fieldOf(Buffer.from(body.buffer, body.byteOffset, body.length).toString('latin1').trim());
  if (text.startsWith('{')) return Buffer.from(text);
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(text)) throw new BadInput('the body is neither JSON nor base64 of packed JSON');
  const packed = Buffer.from(text, 'base64');
  if (firstByte(packed) === openBrace) return packed;
  try {
    return unpackNow(packed, 'deflate', maxJsonBytes);
  } catch {
    throw new BadInput(`the body is base64, but not of zlib data that unpacks to at most ${maxJsonBytes} bytes`);
  }
}

/** The value of `sentry_data` when the body is a form. */
function fieldOf(text: string): string {
  if (!text.startsWith('sentry_data=')) return text;
  const value = (text.slice('sentry_data='.length).split('&')[0] ?? '').replaceAll('+', ' ');
  try {
    return decodeURIComponent(value).replaceAll(/^([A-Za-z0-9/ =]+)$/g, plain => plain.replaceAll(' ', '+'));
  } catch {
    throw new BadInput('the form field sentry_data is not percent-encoded text');
  }
}

function firstByte(bytes: Uint8Array): number | undefined {
  return bytes.find(byte => !whiteSpace.has(byte));
}
