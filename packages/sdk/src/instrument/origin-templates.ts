import type { Attributes } from '@opentelemetry/api';
import type { Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { type ExternalService, operationOf, serviceOf } from './external-services.js';
import { spanKind, type Template } from '../core/templates.js';

/** Operations of one service that are told apart; paths with names that we do not take for ids would be without end. */
const maxOperations = 100;
const maxOrigins = 1000;

interface Origin {
  readonly service: ExternalService | undefined;
  readonly byMethod: Map<string, Template>;
}

/**
 * Templates of outgoing HTTP, by origin and method. Paths stay out: a client does not know the server's routes. Of services that are known (`external-services.ts`) the
 * operation is told, which is made of the words of the path.
 */
export class OriginTemplates {
  readonly #byOrigin = new Map<string, Origin>();
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** `origin` is `scheme://host:port`, `path` what is asked for. */
  of(method: string, origin: string, path: string): Template {
    const known = this.#byOrigin.get(origin) ?? this.#origin(origin);
    const { service, byMethod } = known;
    if (service === undefined || service.hasNamesInPaths === true)
      return byMethod.get(method) ?? this.#make(method, origin, known, undefined);
    let operation = operationOf(method, path);
    const found = byMethod.get(`${method} ${operation}`);
    if (found !== undefined) return found;
    if (byMethod.size >= maxOperations) operation = 'other';
    return byMethod.get(`${method} ${operation}`) ?? this.#make(method, origin, known, operation);
  }

  /** Counts requests of `template` that are made again. */
  retries({ spec }: Template): Point {
    const { 'service.peer.name': service, 'bellwether.operation': operation, ...rest } = spec.metricAttributes;
    const address = rest['server.address'];
    return this.#recorder.metrics
      .metric({
        name: 'external.operation.retries',
        unit: '{retry}',
        description: 'Requests to external services that were made again',
        kind: 'counter',
        scope: '@bellwether/node',
      })
      .point({
        ...(service === undefined ? {} : { 'service.peer.name': service }),
        ...(operation === undefined ? {} : { 'bellwether.operation': operation }),
        ...(service !== undefined || address === undefined ? {} : { 'server.address': address }),
      });
  }

  #origin(origin: string): Origin {
    const host = URL.canParse(origin) ? new URL(origin).host : origin;
    const made: Origin = {
      service: serviceOf(host, this.#recorder.config.externalServices),
      byMethod: new Map(),
    };
    if (this.#byOrigin.size < maxOrigins) this.#byOrigin.set(origin, made);
    return made;
  }

  #make(method: string, origin: string, { service, byMethod }: Origin, operation: string | undefined): Template {
    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric({
      name: 'http.client.request.duration',
      unit: 's',
      description: 'Time from sending a request to the end of its answer',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const url = URL.canParse(origin) ? new URL(origin) : undefined;
    const scheme = url?.protocol.slice(0, -1) ?? 'http';
    const attributes = {
      'http.request.method': method,
      'url.scheme': scheme,
      'server.address': url?.hostname ?? origin,
      'server.port': url === undefined || url.port === '' ? (scheme === 'https' ? 443 : 80) : Number(url.port),
    };
    const named: Attributes = {
      ...attributes,
      ...(service === undefined ? {} : { 'service.peer.name': service.name }),
      ...(operation === undefined ? {} : { 'bellwether.operation': operation }),
    };
    const name =
      service === undefined
        ? method
        : operation === undefined
          ? `${method} ${service.name}`
          : `${service.name}.${operation}`;
    const overflow = { 'http.request.method': method };
    const full = templates.full;
    const made = templates.create(
      { name, kind: spanKind.client, attributes: named, metric, metricAttributes: named },
      { name: method, kind: spanKind.client, attributes: overflow, metric, metricAttributes: overflow },
    );
    if (!full) byMethod.set(operation === undefined ? method : `${method} ${operation}`, made);
    return made;
  }
}
