import { datadog } from './datadog.js';
import { fluent } from './fluent/fluent.js';
import { loki } from './loki.js';
import { otlpHttp } from './otlp-http.js';
import type { IngestRoutes, PortProtocol } from './protocol.js';
import { profiles } from './profiles.js';
import { remoteWrite } from './remote-write.js';
import { sentry } from './sentry.js';
import { statsd } from './statsd/statsd.js';
import { syslog } from './syslog.js';
import { zipkin } from './zipkin.js';

/** Everything that is understood on the ingest port. A new protocol is a file and a line here. */
export const ingestRoutes: readonly IngestRoutes[] = [otlpHttp, remoteWrite, zipkin, loki, sentry, profiles];

/** Every protocol with a port of its own, besides OTLP over gRPC. */
export const portProtocols: readonly PortProtocol[] = [statsd, datadog, syslog, fluent];
