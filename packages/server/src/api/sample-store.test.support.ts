import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ChdbStore, openChdbStore } from '../store/chdb-store.js';
import { copyMadeTables } from '../store/made-tables.test-support.js';
import { migrate } from '../store/migrate.js';

/** 2026-05-28 20:26:40 UTC, not at the start of an hour. */
export const sampleStartMs = 1_780_000_000_000;
export const sampleTraces = 360;

/** One trace every ten seconds for an hour. */
export const sampleEndMs = sampleStartMs + sampleTraces * 10_000;

/** Trace n of the sample, as 32 hex digits. */
export const sampleTraceId = (n: number): string => (n + 1).toString(16).padStart(32, '0');

/** Span `part` (1 to 4) of trace n. */
export const sampleSpanId = (n: number, part: number): string => ((n + 1) * 16 + part).toString(16).padStart(16, '0');

/** An engine of its own in a folder of its own, with our tables and nothing in them. */
export async function emptyStore(): Promise<{
  readonly store: ChdbStore;
  readonly dataDir: string;
  close(): Promise<void>;
}> {
  const dataDir = await mkdtemp(join(tmpdir(), 'bellwether-api-'));
  copyMadeTables(dataDir);
  const store = await openChdbStore({ dataDir });
  await migrate(store, fileURLToPath(new URL('../../migrations', import.meta.url)), '0.0.0');
  return {
    store,
    dataDir,
    async close() {
      await store.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const at = (shiftMs: number): string =>
  `fromUnixTimestamp64Nano(toInt64((${sampleStartMs} + number * 10000 + ${shiftMs}) * 1000000 + number % 1000), 'UTC')`;
const traceId = "unhex(leftPad(lower(hex(number + 1)), 32, '0'))";
const spanId = (part: number): string => `unhex(leftPad(lower(hex((number + 1) * 16 + ${part})), 16, '0'))`;
const failed = 'number % 10 = 9';
const tenant = "concat('tenant-', toString(number % 3))";
const version = (service: string): string =>
  service === 'checkout' ? "if(number >= 180, '1.1.0', '1.0.0')" : "'2.0.0'";

/**
 * A gateway that calls a checkout that asks a database:
 *
 *     gateway GET /orders/:id (server, 40 ms + n/10) → gateway HTTP GET (client) → checkout GET /orders/:id (server) → checkout SELECT (client, postgresql shop)
 *
 * Every tenth trace fails with PaymentDeclined; trace 100 takes 3 s. From trace 180 on the checkout is version 1.1.0. Each trace writes two log lines.
 */
export async function fillWithSample(store: ChdbStore): Promise<void> {
  const gatewayMs = 'if(number = 100, 3000, 40 + intDiv(number, 10))';

  const span = (
    part: number,
    service: string,
    fields: {
      name: string;
      kind: number;
      shiftMs: number;
      durationMs: string;
      attrs: string;
      types: string;
      parent: number;
    },
  ): Promise<void> =>
    store.command(`INSERT INTO spans SELECT 'default', ${at(fields.shiftMs)}, toUInt64((${fields.durationMs}) * 1000000), ${traceId}, ${spanId(part)},
  ${fields.parent === 0 ? "unhex('0000000000000000')" : spanId(fields.parent)}, '', '${service}', '${fields.name}', ${fields.kind},
  if(${failed} AND ${part} != 4, 2, 0), if(${failed} AND ${part} != 4, 'card declined: 50% \\'off\\'', ''), if(${failed} AND ${part} != 4, 'PaymentDeclined', ''),
  'production', ${version(service)}, ${tenant}, 'shop', '1', cityHash64('${service}', ${version(service)}), ${fields.attrs}, '${fields.types}',
  if(${failed} AND ${part} = 3, '[{"t":"${sampleStartMs}000000","n":"exception","a":[["exception.type","s","PaymentDeclined"],["n","i","9007199254740993"]]}]', ''),
  if(${part} = 3, '[{"t":"${'ab'.repeat(16)}","s":"${'cd'.repeat(8)}","st":"","a":[["why","s","batch"]]}]', ''), today(), ${fields.attrs}['http.response.status_code'], 0, 1
FROM numbers(${sampleTraces})`);

  const http = `map('http.request.method', 'GET', 'http.route', '/orders/:id', 'http.response.status_code', if(${failed}, '502', '200'), 'user.id', concat('u', toString(number % 50)), 'cart.items', toString(number % 7))`;
  await span(1, 'gateway', {
    name: 'GET /orders/:id',
    kind: 2,
    shiftMs: 0,
    durationMs: gatewayMs,
    attrs: http,
    types: 'ssisi',
    parent: 0,
  });
  await span(2, 'gateway', {
    name: 'HTTP GET',
    kind: 3,
    shiftMs: 1,
    durationMs: `${gatewayMs} - 4`,
    attrs: "map('server.address', 'checkout', 'server.port', '8080')",
    types: 'si',
    parent: 1,
  });
  await span(3, 'checkout', {
    name: 'GET /orders/:id',
    kind: 2,
    shiftMs: 2,
    durationMs: `${gatewayMs} - 8`,
    attrs: http,
    types: 'ssisi',
    parent: 2,
  });
  await span(4, 'checkout', {
    name: 'SELECT orders',
    kind: 3,
    shiftMs: 3,
    durationMs: '10',
    attrs:
      "map('db.system.name', 'postgresql', 'db.namespace', 'shop', 'db.query.text', concat('SELECT * FROM orders WHERE id = ', toString(number)))",
    types: 'sss',
    parent: 3,
  });
  await fillRedMinutes(store);
  for (const [part, service] of [
    [0, 'gateway'],
    [1, 'checkout'],
  ] as const) {
    await store.command(`INSERT INTO logs SELECT 'default', ${at(5 + part)}, number * 2 + ${part}, ${traceId}, ${spanId(part === 0 ? 1 : 3)}, 1,
  if(${failed}, 17, 9), if(${failed}, 'ERROR', 'INFO'), concat('Order ', toString(number), if(${failed}, ' was declined', ' was placed')), '', '${service}',
  'production', ${version(service)}, ${tenant}, 'pino', '', cityHash64('${service}', ${version(service)}), map('order_id', toString(number), '10', 'ten'), 'is', today(), 0
FROM numbers(${sampleTraces})`);
    await store.command(`INSERT INTO resources SELECT DISTINCT 'default', cityHash64('${service}', ${version(service)}), '${service}', 'production', ${version(service)},
  map('service.name', '${service}', 'host.name', 'host-${service}', 'service.version', ${version(service)}, 'telemetry.sdk.language', 'nodejs', 'process.runtime.name', 'nodejs', 'process.runtime.version', '22.4.0'),
  'ssssss', fromUnixTimestamp64Milli(toInt64(${sampleStartMs}), 'UTC'), today()
FROM numbers(${sampleTraces})`);
  }
}

/** As the receiver computes them. */
async function fillRedMinutes(store: ChdbStore): Promise<void> {
  await store.command(`INSERT INTO red_minutes SELECT workspace, toStartOfMinute(ts), service, name, kind,
  multiIf(attrs['db.system.name'] != '', concat(attrs['db.system.name'], ' ', attrs['db.namespace']), attrs['server.address'] != '', concat(attrs['server.address'], ':', attrs['server.port']), ''),
  environment, version, tenant_id, count(), countIf(status_code = 2), sum(duration_ns),
  sumMap(map(toUInt16(floor(8 * log2(greatest(duration_ns, 1)))), toUInt64(1))), today()
FROM spans
WHERE kind IN (2, 3, 4, 5)
GROUP BY ALL`);
}
