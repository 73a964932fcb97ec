import type { IncomingMessage } from 'node:http';
import type { Attributes } from '@opentelemetry/api';
import { slowRequestMs } from '../config/request-settings.js';
import type { Metric, MetricKind, Point } from '../core/metrics.js';
import type { Recorder } from '../core/recorder.js';
import { spanKind, type Template, type TemplateSpec } from '../core/templates.js';

const knownMethods = new Set(['GET', 'HEAD', 'POST', 'PUT', 'DELETE', 'CONNECT', 'OPTIONS', 'TRACE', 'PATCH', 'QUERY']);

/** All that is kept per route and method. */
export interface RouteTemplate {
  readonly template: Template;
  /** Requests over the threshold. */
  readonly slow: Point;
  /** From how many milliseconds on a request of it is slow. */
  readonly slowMs: number;
  /** Sizes of bodies that came with requests; called only for those that had one. */
  recordRequestSize(bytes: number): void;
  recordSize(status: number, bytes: number): void;
}

/** What tells outcomes of one route apart: the status, and that it is an error. */
export function statusAttributes(status: string | number): Attributes {
  const code = Number(status);
  if (code === 499) return { 'http.response.status_code': code, 'http.request.aborted': true };
  return { 'http.response.status_code': code, ...(code >= 500 ? { 'error.type': String(code) } : {}) };
}

/** Templates by route and method. */
export class RouteTemplates {
  readonly #byRoute = new Map<string, Map<string, RouteTemplate>>();
  readonly #recorder: Recorder;
  readonly #durations: Metric;
  readonly #sizes: Metric;
  readonly #slow: Metric;
  readonly #requestSizes: Metric;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
    const metric = (name: string, kind: MetricKind, unit: string, description: string): Metric =>
      recorder.metrics.metric({ name, kind, unit, description, scope: '@bellwether/node' });
    this.#durations = metric(
      'http.server.request.duration',
      'histogram',
      's',
      'Time from the head of a request to the last byte of its answer',
    );
    this.#sizes = metric('http.server.response.body.size', 'histogram', 'By', 'Size of answers without their head');
    this.#requestSizes = metric(
      'http.server.request.body.size',
      'histogram',
      'By',
      'Size of the bodies of requests that had one',
    );
    this.#slow = metric(
      'http.server.slow_requests',
      'counter',
      '{request}',
      'Requests over the threshold for slow ones',
    );
  }

  /** `route` is empty when no route matched: the span is then named by its method alone. */
  of(request: IncomingMessage, route: string): RouteTemplate {
    const sent = request.method ?? '';
    const method = knownMethods.has(sent) ? sent : '_OTHER';
    const byMethod = this.#byRoute.get(route);
    const known = byMethod?.get(method);
    if (known !== undefined) return known;
    const { templates } = this.#recorder;
    const encrypted = 'encrypted' in request.socket && request.socket.encrypted === true;
    const base: Attributes = { 'http.request.method': method, 'url.scheme': encrypted ? 'https' : 'http' };
    const port = request.socket.localPort;
    const spec = (name: string, attributes: Attributes): TemplateSpec => ({
      name,
      kind: spanKind.server,
      attributes: port === undefined ? attributes : { ...attributes, 'server.port': port },
      metric: this.#durations,
      metricAttributes: attributes,
    });
    const shown = method === '_OTHER' ? 'HTTP' : method;
    const unmatched = spec(shown, base);
    const full = templates.full;
    const template = templates.create(
      route === '' ? unmatched : spec(`${shown} ${route}`, { ...base, 'http.route': route }),
      unmatched,
    );
    const made = this.#routeTemplate(template, slowRequestMs(this.#recorder.config.slowRequests, method, route));
    if (full) return made;
    if (byMethod === undefined) this.#byRoute.set(route, new Map([[method, made]]));
    else byMethod.set(method, made);
    return made;
  }

  #routeTemplate(template: Template, slowMs: number): RouteTemplate {
    const sizes = new Map<number, Point>();
    const { metricAttributes } = template.spec;
    const slowRequests = this.#slow;
    const bodySizes = this.#sizes;
    const requestSizes = this.#requestSizes;
    let requestSize: Point | undefined;
    return {
      template,
      slowMs,
      get slow() {
        return slowRequests.point(metricAttributes);
      },
      recordRequestSize(bytes) {
        requestSize ??= requestSizes.point(metricAttributes);
        requestSize.histogram?.record(bytes);
      },
      recordSize(status, bytes) {
        let point = sizes.get(status);
        if (point === undefined) {
          point = bodySizes.point({ ...metricAttributes, ...statusAttributes(status) });
          if (sizes.size < 100) sizes.set(status, point);
        }
        point.histogram?.record(bytes);
      },
    };
  }
}
