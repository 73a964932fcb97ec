import type { Recorder } from '../core/recorder.js';
import { spanKind, type Template } from '../core/templates.js';

/** Templates of outgoing HTTP, by origin and method. Paths stay out: a client does not know the server's routes. */
export class OriginTemplates {
  readonly #byOrigin = new Map<string, Map<string, Template>>();
  readonly #recorder: Recorder;

  constructor(recorder: Recorder) {
    this.#recorder = recorder;
  }

  /** `origin` is `scheme://host:port`. */
  of(method: string, origin: string): Template {
    const byMethod = this.#byOrigin.get(origin);
    const known = byMethod?.get(method);
    if (known !== undefined) return known;
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
    const overflow = { 'http.request.method': method };
    const full = templates.full;
    const made = templates.create(
      { name: method, kind: spanKind.client, attributes, metric, metricAttributes: attributes },
      { name: method, kind: spanKind.client, attributes: overflow, metric, metricAttributes: overflow },
    );
    if (full) return made;
    if (byMethod === undefined) this.#byOrigin.set(origin, new Map([[method, made]]));
    else byMethod.set(method, made);
    return made;
  }
}
