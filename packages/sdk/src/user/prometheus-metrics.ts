import type { IncomingMessage, ServerResponse } from 'node:http';
import { activeScrapeHandler, registries } from '../destinations/prometheus/active-scrapes.js';
import { isPrometheusRegistry, type PrometheusRegistry } from '../destinations/prometheus/registry-families.js';

const maxRegistries = 20;

/**
 * Answers a Prometheus scrape with all metrics, for a route of your own server: `app.get('/metrics', prometheusMetrics)`. It needs no port of its own, so the destination
 * `prometheus` need not be on. While the SDK is off it answers 503.
 */
export async function prometheusMetrics(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const handler = activeScrapeHandler();
  if (handler !== undefined) return handler(request, response);
  response.writeHead(503, { 'content-type': 'text/plain' }).end('Bellwether is off\n');
}

/** Has the metrics of an existing `prom-client` registry scraped together with ours: `includePrometheusRegistry(register)`. */
export function includePrometheusRegistry(registry: PrometheusRegistry): void {
  if (!isPrometheusRegistry(registry)) {
    process.stderr.write(
      'Bellwether: includePrometheusRegistry takes a registry of prom-client (`register`); what it was given is left out\n',
    );
    return;
  }
  if (registries.size < maxRegistries) registries.add(registry);
}
