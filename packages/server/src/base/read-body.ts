import type { IncomingMessage } from 'node:http';
import { BadInput } from './bad-input.js';
import type { Budget } from './byte-budget.js';
import { canUnpack, tooLarge, unpack, type Packing } from './inflate.js';
import type { Lanes } from './lanes.js';
import { Refusal, tooBusy } from './refusal.js';
import { ScratchPool } from './scratch-pool.js';

/** Bodies of announced length up to this are read into buffers that are used again. */
const maxPooledBytes = 4 << 20;
const pool = new ScratchPool(8 << 20);

export interface BodyLimits {
  /** Of the unpacked body; the packed one may not be larger either. */
  readonly maxBodyBytes: number;
  /** From the first header to the last byte. */
  readonly timeoutMs: number;
  /** Bytes of all bodies that are in memory now. */
  readonly budget: Budget;
  /** Bodies that are unpacked at one time: each may grow to `maxBodyBytes` before the budget sees it. */
  readonly unpacking: Lanes;
}

export interface Body {
  /** As it came, still packed; what came as Brotli or Zstandard is unpacked here too, since the log does not keep those. */
  readonly sent: Buffer;
  readonly contentEncoding: 'identity' | 'gzip' | 'deflate';
  readonly bytes: Buffer;
  /** Gives the bytes back to the budget, and the buffer to the next request. Call it once, when nothing reads the body any more. */
  release(): void;
}

/**
 * Reads a request's body within its limits. Throws a `Refusal`: 413 too large, 415 an encoding we do not know, 408 too slow, 503 no memory left for
 * it now; `BadInput` when it does not unpack. Nothing is taken from the budget then.
 */
export async function readBody(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const packing = packingOf(request);
  const asSent = await readSent(request, limits);
  if (packing === 'identity') return asSent;
  const { sent } = asSent;
  try {
    const bytes = await unpack(sent, packing, limits.maxBodyBytes, limits.unpacking);
    if (!limits.budget.tryTake(bytes.length)) throw noRoom();
    const isKeptPacked = packing === 'gzip' || packing === 'deflate';
    return {
      sent: isKeptPacked ? sent : bytes,
      contentEncoding: isKeptPacked ? packing : 'identity',
      bytes,
      release() {
        limits.budget.give(bytes.length);
        asSent.release();
      },
    };
  } catch (error) {
    asSent.release();
    throw error;
  }
}

/** As `readBody`, for protocols with a packing of their own: the bytes as they came, whatever `Content-Encoding` says. */
export async function readSent(request: IncomingMessage, limits: BodyLimits): Promise<Body> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > limits.maxBodyBytes) throw tooLarge(limits.maxBodyBytes, 'as sent');
  const scratch = announced > 0 && announced <= maxPooledBytes ? pool.take(announced) : undefined;
  const sent = await collect(request, limits, scratch);
  return {
    sent,
    contentEncoding: 'identity',
    bytes: sent,
    release() {
      limits.budget.give(sent.length);
      if (scratch !== undefined) pool.give(scratch);
    },
  };
}

function packingOf(request: IncomingMessage): 'identity' | Packing {
  const name = (request.headers['content-encoding'] ?? '').trim().toLowerCase();
  switch (name) {
    case '':
    case 'identity':
      return 'identity';
    case 'gzip':
    case 'x-gzip':
      return 'gzip';
    case 'deflate':
    case 'br':
      return name;
    case 'zstd':
      if (canUnpack('zstd')) return 'zstd';
      throw unknownEncoding(name, `Node ${process.versions.node} does not offer zstd (22.15 does); send br or gzip`);
    default:
      throw unknownEncoding(name.slice(0, 30), 'Send gzip, deflate, br or identity (exporters: compression=gzip)');
  }
}

function unknownEncoding(name: string, remedy: string): Refusal {
  return new Refusal(`Content-Encoding "${name}" is not understood here`, {
    status: 415,
    reason: 'unknown-content-encoding',
    remedy,
    headers: { 'accept-encoding': 'gzip, deflate, br, identity' },
  });
}

function noRoom(): Refusal {
  return tooBusy('too many bytes are being received at this moment', 'busy');
}

/** The body's bytes as sent, taken from the budget as they come; in `scratch` when it is given and large enough. */
function collect(
  request: IncomingMessage,
  { maxBodyBytes, timeoutMs, budget }: BodyLimits,
  scratch: Buffer | undefined,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => {
      fail(
        new Refusal(`the body did not come within ${timeoutMs / 1000} s`, {
          status: 408,
          reason: 'too-slow',
          remedy: 'Check the network between sender and receiver, or send smaller batches',
        }),
      );
    }, timeoutMs);
    const detach = (): void => {
      clearTimeout(timer);
      request.off('data', take).off('end', finish).off('error', broken).off('close', broken);
    };
    const fail = (error: Error): void => {
      detach();
      budget.give(length);
      reject(error);
    };
    const take = (chunk: Buffer): void => {
      if (length + chunk.length > maxBodyBytes) return fail(tooLarge(maxBodyBytes, 'as sent'));
      if (!budget.tryTake(chunk.length)) return fail(noRoom());
      if (scratch === undefined) chunks.push(chunk);
      else chunk.copy(scratch, length);
      length += chunk.length;
    };
    const finish = (): void => {
      detach();
      if (scratch !== undefined) resolve(scratch.subarray(0, length));
      else resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks, length));
    };
    const broken = (): void => fail(new BadInput('the connection closed before the whole body was sent'));
    request.on('data', take).on('end', finish).on('error', broken).on('close', broken);
  });
}
