import { randomBytes } from 'node:crypto';
import type { LedgerAccount } from './handover/messages.js';
import type { ServerStandIn } from './handover/server-stand-in.test-support.js';
import { message } from './receive/otlp-bytes.test-support.js';
import type { SamplingOptions } from './sample/tail-sampler.js';

export const tenth: SamplingOptions = {
  share: 0.1,
  keepRarePerMinute: 0,
  holdSeconds: 0.3,
  maxHeldBytes: 64 << 20,
  workspaces: {},
};

/** Three bytes that occur nowhere else begin each span id, so that spans can be found in a block's bytes. */
const mark = Buffer.from([0xf5, 0xbe, 0x11]);

export interface SampledSpan {
  readonly trace: Buffer;
  readonly id: Buffer;
  readonly isError: boolean;
  readonly isRoot: boolean;
  readonly name: string;
  readonly ms: number;
}

export function newSpan(changes: Partial<SampledSpan> = {}): SampledSpan {
  return {
    trace: randomBytes(16),
    id: Buffer.concat([mark, randomBytes(5)]),
    isError: false,
    isRoot: true,
    name: 'GET /a',
    ms: 10,
    ...changes,
  };
}

/** An OTLP request of server spans of the service `shop`. */
export function requestOf(spans: readonly SampledSpan[]): Buffer<ArrayBuffer> {
  const serviceName = Buffer.concat([
    message(1, Buffer.from('service.name')),
    message(2, message(1, Buffer.from('shop'))),
  ]);
  const startNs = BigInt(Date.now()) * 1_000_000n;
  const bytes = spans.map(({ trace, id, isError, isRoot, name, ms }) =>
    message(
      2,
      Buffer.concat([
        message(1, trace),
        message(2, id),
        ...(isRoot ? [] : [message(4, Buffer.alloc(8, 1))]),
        message(5, Buffer.from(name)),
        Buffer.from([6 * 8, 2]),
        fixed64(7, startNs),
        fixed64(8, startNs + BigInt(ms) * 1_000_000n),
        message(15, Buffer.from([3 * 8, isError ? 2 : 0])),
      ]),
    ),
  );
  const request = message(1, Buffer.concat([message(1, message(1, serviceName)), message(2, Buffer.concat(bytes))]));
  return Buffer.from(request);
}

function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(field * 8 + 1, 0);
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

/** How often each span id stands in the files that the server has. */
export function stored(kept: ServerStandIn['kept']): ReadonlyMap<string, number> {
  const times = new Map<string, number>();
  for (const [key, file] of kept) {
    if (!key.endsWith(' spans')) continue;
    for (let at = file.indexOf(mark); at !== -1; at = file.indexOf(mark, at + 1)) {
      const id = file.toString('hex', at, at + 8);
      times.set(id, (times.get(id) ?? 0) + 1);
    }
  }
  return times;
}

function sum(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((total, items) => total + items, 0);
}

/** What is missing in the equation of a row of the ledger; 0 when it holds. */
export function gap({ received, stored, duplicate, sampledOut, pending, refused, dropped }: LedgerAccount): number {
  return received - stored - duplicate - sampledOut - pending - sum(refused) - sum(dropped);
}
