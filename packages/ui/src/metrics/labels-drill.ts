import type { NamedDrill } from '../charts/drill.js';
import type { Labels } from '../prometheus-client.js';
import { writeTerm } from '../search/write-term.js';

/** The service that a series speaks of, as its labels say; undefined where they do not. */
export function serviceOf(labels: Labels): string | undefined {
  const named = labels['service_name'] ?? labels['service.name'] ?? labels['service'];
  if (named !== undefined && named !== '') return named;
  // `job` is `namespace/name` for what came by OpenTelemetry.
  const job = labels['job'];
  return job === undefined || job === '' ? undefined : job.slice(job.lastIndexOf('/') + 1);
}

/** Search texts that find the traces and logs behind a series; undefined where its labels name no service. */
export function drillOf(labels: Labels): NamedDrill | undefined {
  const service = serviceOf(labels);
  if (service === undefined) return undefined;
  const logs = writeTerm('service', service);
  const route = labels['http_route'] ?? labels['http.route'];
  const traces = route === undefined || route === '' ? logs : `${logs} ${writeTerm('http.route', route)}`;
  return { name: service, traces, logs };
}
