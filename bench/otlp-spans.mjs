// OTLP trace requests for load: built once, then stamped with new ids and times in place, so that the generator costs little.
// The writer here is for tests and benches only; it is plain, not fast.

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

function attribute(key, value) {
  const any = typeof value === 'number' ? Buffer.concat([Buffer.from([0x18]), varint(value)]) : text(1, value);
  return Buffer.concat([text(1, key), field(2, any)]);
}

/** Park and Miller's minimal generator: small, and the same everywhere. */
function random(seed) {
  let state = (seed % 2147483646) + 1;
  return () => (state = (state * 48271) % 2147483647) / 2147483647;
}

const services = ['gateway', 'catalogue', 'checkout', 'inventory', 'payments', 'worker'];
const routes = Array.from({ length: 20 }, (_, i) => `/v1/${['items', 'orders', 'carts', 'users'][i % 4]}/:id/part${i}`);
const methods = ['GET', 'GET', 'GET', 'POST', 'PUT', 'DELETE'];
const agents = ['Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36', 'okhttp/5.1.0', 'undici', 'curl/8.9.1'];

/**
 * A request of `count` spans; `stamp(serial, startMs)` gives its bytes with new ids and times over `spreadMs`. `callOf(span, next)` may say kind, name and attributes of
 * a span that is not a root.
 */
export function prepareSpans(
  count,
  seed,
  { spreadMs = 1000, servicePrefix = '', version = '1.4.2', callOf = undefined } = {},
) {
  const next = random(seed);
  const pick = list => list[Math.floor(next() * list.length)];
  const perService = new Map(services.map(name => [name, []]));
  let left = 0;
  let trace = -1;
  let tenant = 0;
  for (let i = 0; i < count; i++) {
    const isRoot = left === 0;
    if (isRoot) {
      left = 4 + Math.floor(next() * 13);
      trace++;
    }
    left--;
    if (isRoot) tenant = Math.floor(40 * next() ** 3);
    const service = pick(services);
    // As in real services: 20 operations each, every route has its method, and a tenant belongs to the whole trace.
    const operation = Math.floor(next() * routes.length);
    const route = routes[operation];
    const method = methods[operation % methods.length];
    const failed = next() < 0.03;
    const durationNs = Math.floor(Math.exp(1 + next() * 4 + (next() < 0.05 ? 2 : 0)) * 1e5);
    perService.get(service).push({ i, trace, isRoot, tenant, service, operation, route, method, failed, durationNs });
  }

  // Where in `body` each span's ids and times stand, so that stamp() can write them.
  const marks = [];
  const encodeSpan = span => {
    const call = span.isRoot ? undefined : callOf?.(span, next);
    const kind = call?.kind ?? (span.isRoot ? 2 : [2, 3, 1][span.operation % 3]);
    const parts = [
      Buffer.concat([Buffer.from([0x0a, 16]), Buffer.alloc(16)]),
      Buffer.concat([Buffer.from([0x12, 8]), Buffer.alloc(8)]),
      ...(span.isRoot ? [] : [Buffer.concat([Buffer.from([0x22, 8]), Buffer.alloc(8)])]),
      Buffer.concat([Buffer.from([0x39]), Buffer.alloc(8), Buffer.from([0x41]), Buffer.alloc(8)]),
      text(5, call?.name ?? `${span.method} ${span.route}`),
      Buffer.from([0x30, kind]),
    ];
    const attributes = (call && { ...call.attributes, 'tenant.id': `tenant-${span.tenant}` }) ?? {
      'http.request.method': span.method,
      'http.route': span.route,
      'http.response.status_code': span.failed ? 500 : 200,
      'url.path': span.route.replace(':id', String(Math.floor(next() * 100000))),
      'server.address': `${span.service}.internal`,
      'user_agent.original': pick(agents),
      'client.address': `10.${Math.floor(next() * 256)}.${Math.floor(next() * 256)}.${Math.floor(next() * 256)}`,
      'user.id': `user-${Math.floor(next() * 50000)}`,
      'network.protocol.version': '1.1',
      'k8s.pod.name': `${span.service}-7d9f8b6c5-${1000 + Math.floor(next() * 30)}`,
      'tenant.id': `tenant-${span.tenant}`,
      'order.id': `o-${Math.floor(next() * 1e9)}`,
    };
    for (const [key, value] of Object.entries(attributes)) parts.push(field(9, attribute(key, value)));
    if (span.failed) parts.push(field(15, Buffer.from([0x18, 2])));
    return Buffer.concat(parts);
  };

  const chunks = [];
  let at = 0;
  const put = bytes => {
    chunks.push(bytes);
    at += bytes.length;
  };
  for (const [service, spans] of perService) {
    if (spans.length === 0) continue;
    const resource = field(
      1,
      Buffer.concat(
        Object.entries({
          'service.name': servicePrefix + service,
          'service.version': version,
          'deployment.environment.name': 'production',
          'host.name': 'node-7',
          'telemetry.sdk.language': 'nodejs',
        }).map(([key, value]) => field(1, attribute(key, value))),
      ),
    );
    const scope = field(1, text(1, 'bench'));
    const encoded = spans.map(encodeSpan);
    const spanBytes = encoded.reduce((sum, bytes) => sum + 1 + varint(bytes.length).length + bytes.length, 0);
    const scopeSpansLength = scope.length + spanBytes;
    const head = Buffer.concat([
      Buffer.from([0x0a]),
      varint(resource.length + 1 + varint(scopeSpansLength).length + scopeSpansLength),
      resource,
      Buffer.from([0x12]),
      varint(scopeSpansLength),
      scope,
    ]);
    put(head);
    for (const [k, bytes] of encoded.entries()) {
      const span = spans[k];
      put(Buffer.concat([Buffer.from([0x12]), varint(bytes.length)]));
      const timesAt = at + 18 + 10 + (span.isRoot ? 0 : 10);
      marks.push({
        ...span,
        traceAt: at + 2,
        spanAt: at + 20,
        parentAt: span.isRoot ? -1 : at + 30,
        startAt: timesAt + 1,
        endAt: timesAt + 10,
      });
      put(bytes);
    }
  }
  const body = Buffer.concat(chunks);
  const roots = new Map(marks.filter(mark => mark.isRoot).map(mark => [mark.trace, mark.i]));
  const traces = trace + 1;
  let lastSerial = 0;

  return {
    body,
    spans: count,
    stamp(serial, startMs) {
      lastSerial = serial;
      for (const mark of marks) {
        body.writeUInt32BE(0xb0000000 + seed, mark.traceAt);
        body.writeUInt32BE(serial >>> 0, mark.traceAt + 4);
        body.writeUInt32BE(Math.imul(mark.trace + 1, 0x9e3779b1) >>> 0, mark.traceAt + 8);
        body.writeUInt32BE(mark.trace, mark.traceAt + 12);
        body.writeUInt32BE(Math.imul(serial + 1, 0x85ebca6b) >>> 0, mark.spanAt);
        body.writeUInt32BE(mark.i + 1, mark.spanAt + 4);
        if (mark.parentAt >= 0) {
          body.writeUInt32BE(Math.imul(serial + 1, 0x85ebca6b) >>> 0, mark.parentAt);
          body.writeUInt32BE(roots.get(mark.trace) + 1, mark.parentAt + 4);
        }
        const startUs = Math.floor(startMs * 1000 + (mark.i * spreadMs * 1000) / count);
        const startNs = BigInt(startUs) * 1000n + BigInt(mark.i % 1000);
        body.writeBigUInt64LE(startNs, mark.startAt);
        body.writeBigUInt64LE(startNs + BigInt(mark.durationNs), mark.endAt);
      }
      return body;
    },
    traceIds() {
      return Array.from({ length: traces }, (_, t) =>
        [0xb0000000 + seed, lastSerial >>> 0, Math.imul(t + 1, 0x9e3779b1) >>> 0, t]
          .map(part => part.toString(16).padStart(8, '0'))
          .join(''),
      );
    },
  };
}
