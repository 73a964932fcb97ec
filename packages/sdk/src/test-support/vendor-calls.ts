import { expect } from 'vitest';
import { spansUnder } from './database-spans.js';
import type { MatrixRun } from './matrix.js';
import { freePort } from './free-port.js';

/** Calls of a vendor, by the path of the request that made them: `[span, error.type, times it was sent before]`. */
export type VendorCalls = Readonly<Record<string, readonly (readonly unknown[])[]>>;

/** Runs an application that calls a vendor at `VENDOR_PORT`, which has the name `service`; each of `paths` must be answered. */
export async function vendorCalls(
  { start, sink }: MatrixRun,
  service: string,
  paths: readonly string[],
  environment: (port: number) => Record<string, string> = () => ({}),
): Promise<VendorCalls> {
  const port = await freePort();
  const app = await start({
    VENDOR_PORT: String(port),
    BELLWETHER_EXTERNAL_SERVICES: `127.0.0.1:${port}=${service}`,
    ...environment(port),
  });
  for (const path of paths) {
    const answer = await app.get(path);
    expect([path, answer.status, answer.status === 200 ? '' : answer.body]).toEqual([path, 200, '']);
  }
  await app.stop();
  return Object.fromEntries(
    paths.map(path => [
      path,
      spansUnder(sink, path).map(({ name, attributes }) => [
        name,
        attributes['error.type'] ?? 'ok',
        attributes['http.request.resend_count'] ?? 0,
      ]),
    ]),
  );
}

/** How many requests to `service` were made again, as the metric tells, by operation. */
export function retriesTold({ sink }: MatrixRun, service: string): Readonly<Record<string, number>> {
  const told: Record<string, number> = {};
  for (const { metric, attributes, value } of sink.points)
    if (metric === 'external.operation.retries' && attributes['service.peer.name'] === service)
      told[String(attributes['bellwether.operation'])] = Number(value);
  return told;
}
