import { promisify } from 'node:util';
import * as zlib from 'node:zlib';
import { BadInput } from './bad-input.js';
import type { Lanes } from './lanes.js';
import { Refusal } from './refusal.js';

export type Packing = 'gzip' | 'deflate' | 'br' | 'zstd';

type Unpacker = (packed: Uint8Array, options: zlib.ZlibOptions) => Buffer;
type LaterUnpacker = (packed: Uint8Array, options: zlib.ZlibOptions) => Promise<Buffer>;

interface Unpackers {
  readonly now: Unpacker;
  readonly later: LaterUnpacker;
}

const { constants } = zlib;
const brotliLater = promisify(zlib.brotliDecompress);
const unpackers: Readonly<Record<Packing, Unpackers | undefined>> = {
  gzip: { now: zlib.gunzipSync, later: promisify(zlib.gunzip) },
  deflate: { now: zlib.inflateSync, later: promisify(zlib.inflate) },
  br: {
    now: (packed, options) => zlib.brotliDecompressSync(packed, limitOf(options)),
    later: (packed, options) => brotliLater(packed, limitOf(options)),
  },
  zstd: zstdOf(zlib),
};

/** The other options are zlib's own. */
function limitOf({ maxOutputLength = 0 }: zlib.ZlibOptions): { readonly maxOutputLength: number } {
  return { maxOutputLength };
}

/** Node has zstd from 22.15 on. */
function zstdOf(module: object): Unpackers | undefined {
  if (!('zstdDecompressSync' in module) || !('zstdDecompress' in module)) return undefined;
  // Node's types of version 20 do not know these two; they take and give what their siblings do.
  const now = module.zstdDecompressSync as Unpacker;
  const later = promisify(module.zstdDecompress as typeof zlib.gunzip);
  return {
    now: (packed, options) => now(packed, limitOf(options)),
    later: (packed, options) => later(packed, limitOf(options)),
  };
}

/** What this Node can unpack. */
export function canUnpack(packing: Packing): boolean {
  return unpackers[packing] !== undefined;
}

/** Small bodies are unpacked at once, up to this size; it costs less than a trip to the thread pool. */
const atOnceBytes = 1 << 20;

/**
 * Unpacks a body. Output past `maxBytes` stops the work there, so a bomb costs no more than an honest body of that size.
 * What is large goes through `lanes`, since nobody knows how much comes out before it is there.
 * Throws `BadInput` for a body that is not what it says, or ends early; a 413 `Refusal` past the limit.
 */
export async function unpack(packed: Uint8Array, packing: Packing, maxBytes: number, lanes: Lanes): Promise<Buffer> {
  if (packed.length <= 64 << 10) {
    try {
      return unpackNow(packed, packing, Math.min(atOnceBytes, maxBytes));
    } catch (error) {
      if (!isTooLarge(error) || maxBytes <= atOnceBytes) throw explained(error, packing, maxBytes);
    }
  }
  const { later } = unpackerOf(packing);
  try {
    return await lanes.run(() => later(packed, { maxOutputLength: maxBytes }));
  } catch (error) {
    throw explained(error, packing, maxBytes);
  }
}

/** As `unpack`, in the calling thread; for replays. Throws what zlib throws. */
export function unpackNow(packed: Uint8Array, packing: Packing, maxBytes: number): Buffer {
  const options = { maxOutputLength: maxBytes, finishFlush: constants.Z_FINISH };
  return unpackerOf(packing).now(packed, options);
}

function unpackerOf(packing: Packing): Unpackers {
  const unpacker = unpackers[packing];
  if (unpacker === undefined) throw new Error(`${packing} is not offered by Node ${process.version}`);
  return unpacker;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

function isTooLarge(error: unknown): boolean {
  return codeOf(error) === 'ERR_BUFFER_TOO_LARGE';
}

function explained(error: unknown, packing: Packing, maxBytes: number): unknown {
  if (isTooLarge(error)) return tooLarge(maxBytes, 'unpacked');
  const code = codeOf(error);
  if (/^(ERR_BROTLI|ERR__ERROR|ZSTD)_/.test(code))
    return new BadInput(`the body is not ${packing}, although Content-Encoding says so`);
  switch (code) {
    case 'Z_BUF_ERROR':
      return new BadInput(`the ${packing} body ends early: it was cut off on the way`);
    case 'Z_DATA_ERROR':
    case 'Z_NEED_DICT':
    case 'Z_STREAM_ERROR':
      return new BadInput(`the body is not ${packing}, although Content-Encoding says so`);
    default:
      return error;
  }
}

export function tooLarge(maxBytes: number, what: 'unpacked' | 'as sent'): Refusal {
  return new Refusal(`the body is larger than ${maxBytes} bytes (${what})`, {
    status: 413,
    reason: 'too-large',
    remedy: 'Let the exporter send smaller batches, or raise ingest.maxBodyBytes',
  });
}
