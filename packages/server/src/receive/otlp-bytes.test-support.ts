/** A small writer of OTLP requests for tests, independent of our reader. */

export interface TestSpan {
  /** 8 bytes. */
  readonly spanId: Uint8Array;
  readonly name?: string;
  readonly attributes?: Readonly<Record<string, string>>;
  readonly startMs?: number;
}

export function tracesRequest(spans: readonly TestSpan[], service = 'test'): Buffer {
  const resource = message(1, message(1, keyValue('service.name', service)));
  const scopeSpans = message(2, Buffer.concat(spans.map(span => message(2, spanBytes(span)))));
  return message(1, Buffer.concat([resource, scopeSpans]));
}

function spanBytes({ spanId, name = 'work', attributes = {}, startMs = 1_700_000_000_000 }: TestSpan): Buffer {
  const traceId = Buffer.alloc(16, 7);
  return Buffer.concat([
    message(1, traceId),
    message(2, spanId),
    message(5, Buffer.from(name)),
    Buffer.from([6 * 8, 2]),
    fixed64(7, BigInt(startMs) * 1_000_000n),
    fixed64(8, BigInt(startMs + 5) * 1_000_000n),
    ...Object.entries(attributes).map(([key, value]) => message(9, keyValue(key, value))),
  ]);
}

function keyValue(key: string, value: string): Buffer {
  return Buffer.concat([message(1, Buffer.from(key)), message(2, message(1, Buffer.from(value)))]);
}

export function message(field: number, bytes: Uint8Array): Buffer {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

function fixed64(field: number, value: bigint): Buffer {
  const bytes = Buffer.alloc(9);
  bytes.writeUInt8(field * 8 + 1, 0);
  bytes.writeBigUInt64LE(value, 1);
  return bytes;
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
