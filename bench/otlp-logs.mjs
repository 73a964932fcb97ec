// OTLP log requests for load: built once, then stamped with new times and trace ids in place. For benches only; plain, not fast.
import { randomFillSync } from 'node:crypto';

function varint(value) {
  const bytes = [];
  while (value > 127) {
    bytes.push((value & 127) | 128);
    value = Math.floor(value / 128);
  }
  bytes.push(value);
  return Buffer.from(bytes);
}

const field = (number, bytes) => Buffer.concat([varint((number << 3) | 2), varint(bytes.length), bytes]);
const text = (number, value) => field(number, Buffer.from(value));
const attribute = (key, value) => field(6, Buffer.concat([text(1, key), field(2, text(1, value))]));

const routes = ['/orders/:id', '/carts/:id/items', '/users/:id', '/search'];
const levels = [
  [9, 'INFO'],
  [9, 'INFO'],
  [9, 'INFO'],
  [5, 'DEBUG'],
  [13, 'WARN'],
  [17, 'ERROR'],
];

/** `count` lines of one service as a request; `stamp(ms)` gives the bytes with times from then on and new trace ids. */
export function prepareLogs(count, seed) {
  const service = field(1, Buffer.concat([text(1, 'service.name'), field(2, text(1, `service-${seed}`))]));
  const timeAt = [];
  const traceAt = [];
  const chunks = [];
  let at = 0;
  const push = bytes => {
    chunks.push(bytes);
    at += bytes.length;
  };
  const lines = Array.from({ length: count }, (_, i) => {
    const [severity, name] = levels[(i * 7 + seed) % levels.length];
    const order = 100_000 + ((i * 7919 + seed * 104_729) % 900_000);
    const body = `order ${order} of customer ${order % 5000} was handled by payment provider stripe after ${i % 900} ms, attempt ${1 + (i % 3)}`;
    return Buffer.concat([
      Buffer.from([0x09]),
      Buffer.alloc(8),
      Buffer.from([0x10, severity]),
      text(3, name),
      field(5, text(1, body)),
      attribute('http.route', routes[i % routes.length]),
      attribute('tenant.id', `tenant-${i % 40}`),
      attribute('order.id', `o-${order}`),
      attribute('code.function.name', `handleOrder${i % 12}`),
      attribute('thread.name', 'main'),
      field(9, Buffer.alloc(16)),
      field(10, Buffer.alloc(8, 1)),
    ]);
  });
  const inner = Buffer.concat(lines.map(line => field(2, line)));
  const scope = field(2, inner);
  const resourceLogs = Buffer.concat([field(1, service), scope]);
  push(field(1, resourceLogs));
  const body = Buffer.concat(chunks);
  // The records are found again from the end: each ends with its span id field, and its trace id stands before that.
  let from = body.length - inner.length;
  for (const line of lines) {
    const start = from + field(2, line).length - line.length;
    timeAt.push(start + 1);
    traceAt.push(start + line.length - 10 - 16);
    from = start + line.length;
  }
  return {
    records: count,
    stamp(ms) {
      const base = BigInt(ms) * 1_000_000n;
      for (let i = 0; i < count; i++) {
        body.writeBigUInt64LE(base + BigInt(i) * 1000n, timeAt[i]);
        randomFillSync(body, traceAt[i], 16);
      }
      return body;
    },
  };
}
