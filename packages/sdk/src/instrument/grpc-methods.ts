import type { Attributes } from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { spanKind, type Template, type TemplateSpec } from '../core/templates.js';
import { attributeKey } from '../otlp/span-writer.js';

/** https://grpc.github.io/grpc/core/md_doc_statuscodes.html, by number. */
const statusNames = [
  'OK',
  'CANCELLED',
  'UNKNOWN',
  'INVALID_ARGUMENT',
  'DEADLINE_EXCEEDED',
  'NOT_FOUND',
  'ALREADY_EXISTS',
  'PERMISSION_DENIED',
  'RESOURCE_EXHAUSTED',
  'FAILED_PRECONDITION',
  'ABORTED',
  'OUT_OF_RANGE',
  'UNIMPLEMENTED',
  'INTERNAL',
  'UNAVAILABLE',
  'DATA_LOSS',
  'UNAUTHENTICATED',
];

/** The codes that are a server's own failure; the others are its answer to what it was asked (https://opentelemetry.io/docs/specs/semconv/rpc/grpc/). */
const serverFailures = new Set([2, 4, 12, 13, 14, 15]);

export const grpcStatusKey = attributeKey('rpc.grpc.status_code');

/** `error.type` of a call with this status; '' when it is no error for the side that asks. */
export function grpcFailure(code: number, side: 'server' | 'client'): string {
  const failed = side === 'client' ? code !== 0 : serverFailures.has(code);
  return failed ? (statusNames[code] ?? 'UNKNOWN') : '';
}

/** Templates of gRPC calls, by path (`/shop.Orders/Get`). */
export class GrpcMethods {
  readonly #recorder: Recorder;
  readonly #side: 'server' | 'client';
  readonly #byPath = new Map<string, Template>();

  constructor(recorder: Recorder, side: 'server' | 'client') {
    this.#recorder = recorder;
    this.#side = side;
  }

  of(path: string): Template {
    const known = this.#byPath.get(path);
    if (known !== undefined) return known;
    const { templates, metrics } = this.#recorder;
    const metric = metrics.metric({
      name: `rpc.${this.#side}.duration`,
      unit: 's',
      description:
        this.#side === 'server' ? 'Time that gRPC calls took to answer' : 'Time until gRPC calls were answered',
      kind: 'histogram',
      scope: '@bellwether/node',
    });
    const [service = '', method = ''] = path.replace(/^\//, '').split('/');
    const spec = (name: string, attributes: Attributes): TemplateSpec => ({
      name,
      kind: this.#side === 'server' ? spanKind.server : spanKind.client,
      attributes,
      metric,
      metricAttributes: attributes,
    });
    const base = { 'rpc.system': 'grpc' };
    const full = templates.full;
    const made = templates.create(
      spec(`${service}/${method}`, { ...base, 'rpc.service': service, 'rpc.method': method }),
      spec('grpc', base),
    );
    if (!full) this.#byPath.set(path, made);
    return made;
  }
}
