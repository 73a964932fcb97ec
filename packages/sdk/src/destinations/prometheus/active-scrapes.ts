import type { PrometheusRegistry } from './registry-families.js';
import type { ScrapeHandler } from './scrape-endpoint.js';

/** Registries that the application has named, also before the SDK started. */
export const registries = new Set<PrometheusRegistry>();

let handler: ScrapeHandler | undefined;

export function setScrapeHandler(active: ScrapeHandler | undefined): void {
  handler = active;
}

export function activeScrapeHandler(): ScrapeHandler | undefined {
  return handler;
}
