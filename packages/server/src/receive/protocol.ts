import type { IncomingMessage } from 'node:http';
import type { Address } from '../config/address.js';
import type { Log } from '../base/log.js';
import { refuseAsJson, refusalHeaders } from '../base/http.js';
import type { Answer, Route } from '../base/http.js';
import type { BodyLimits } from '../base/read-body.js';
import type { Refusal } from '../base/refusal.js';
import type { Secret } from '../base/secret.js';
import type { Signal } from '../decode/batch.js';
import type { Intake } from './intake.js';
import type { Ledger, Origin } from './ledger.js';
import type { Listener } from './listen-http.js';
import type { StatsdOptions } from './statsd/statsd-options.js';
import type { Admission, IngestKey } from './workspace.js';

/** How telemetry came in; the name that the ledger, the metrics and the pages show. */
export type Protocol =
  | 'otlp/http'
  | 'bellwether'
  | 'otlp/grpc'
  | 'prometheus/remote-write'
  | 'prometheus/scrape'
  | 'statsd'
  | 'sentry'
  | 'datadog'
  | 'newrelic'
  | 'zipkin'
  | 'loki'
  | 'fluent'
  | 'syslog';

/** What every receiver is given. */
export interface ReceiveDeps {
  readonly intake: Intake;
  readonly limits: BodyLimits;
  /** The same for one sender: its own share of the memory, and its own largest body. Throws a 429 `Refusal` when it sent too much lately. */
  readonly limitsOf: (admission: Admission) => BodyLimits;
  /** None: everybody may send. Only right on loopback. */
  readonly keys: readonly IngestKey[];
  readonly keyless: Keyless;
  /** What senders of the forward protocol must know; undefined: nothing. */
  readonly fluentSharedKey?: Secret | undefined;
  readonly statsd: StatsdOptions;
  /** The path of a unix socket. */
  readonly datadogSocket: string | undefined;
  readonly ledger: Ledger;
  readonly now: () => number;
  /** Told of an error that nobody foresaw. */
  readonly bug: (error: unknown) => void;
  readonly log: Log;
}

/** Whose data it is that comes by a protocol without keys (StatsD, Datadog, syslog, Fluent), and from which networks it is taken (CIDR). */
export interface Keyless {
  readonly workspace: string;
  readonly networks: readonly string[];
}

/** A path on the ingest port. */
export interface IngestRoute extends Route {
  readonly protocol: Protocol;
  readonly signal?: Signal;
}

/** The paths of one protocol on the ingest port. */
export type IngestRoutes = (deps: ReceiveDeps) => readonly IngestRoute[];

export type PortName = 'datadog' | 'statsd' | 'fluent' | 'syslog';

/** A protocol that has a port of its own. `name` is also its key in `ingest` of the configuration and its flag. */
export interface PortProtocol {
  readonly name: PortName;
  /** As a person calls it: `StatsD over UDP`. */
  readonly what: string;
  readonly transport: 'tcp' | 'udp';
  /** Rejects with Node's error (`EADDRINUSE`, ...) when the address can not be had. */
  listen(address: Address, deps: ReceiveDeps): Promise<Listener>;
}

export function originOf(protocol: Protocol, request: IncomingMessage): Origin {
  return {
    protocol,
    address: request.socket.remoteAddress ?? '',
    userAgent: (request.headers['user-agent'] ?? '').slice(0, 80),
  };
}

/** A request's header; the first when it came several times. */
export function headerOf(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value[0] : value;
}

/** For a route's `refuse`: the plain JSON error, with `Retry-After` when it may succeed later. */
export function refuseAsJsonWithHeaders(refusal: Refusal): Answer {
  const plain = refuseAsJson(refusal);
  return { ...plain, headers: { ...plain.headers, ...refusalHeaders(refusal) } };
}
