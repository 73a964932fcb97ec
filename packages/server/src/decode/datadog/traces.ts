import type { Part } from '../parts.js';
import { tracesRequest, type SpanItem, type Value } from '../otlp-writer.js';
import { otlpSpan, traceIdHighOf } from './otlp-span.js';
import { readTraces, type TraceVersion } from './trace-payload.js';
import { tracingProcess, type Tracer } from './tracing-process.js';

export interface TranslatedTraces {
  readonly parts: readonly Part[];
  /** How many chunks the body has, for `X-Datadog-Trace-Count`. */
  readonly chunks: number;
  /** Services and environments of its spans, for which sampling rates are answered. */
  readonly services: readonly ServiceAndEnvironment[];
}

export interface ServiceAndEnvironment {
  readonly service: string;
  readonly environment: string;
}

interface ProcessSpans {
  readonly resource: ReadonlyMap<string, Value>;
  readonly items: SpanItem[];
}

/** Spans that wait to be written; a large body is written piece by piece, so that it never stands in memory as objects. */
const spansAtATime = 2000;

/** Translates a body of /v0.3, /v0.4 or /v0.5/traces. Throws `BadInput` when it is none; single spans that are none are rejected. */
export function datadogTraces(body: Uint8Array, version: TraceVersion, tracer: Tracer): TranslatedTraces {
  const written: Uint8Array[] = [];
  const services = new Map<string, ServiceAndEnvironment>();
  let waiting = new Map<string, ProcessSpans>();
  let spans = 0;
  let rejected = 0;
  let rejectedReason = '';

  const write = (): void => {
    const groups = [...waiting.values()].map(({ resource, items }) => ({ resource, scope: scopeOf(tracer), items }));
    written.push(tracesRequest(groups));
    waiting = new Map();
    spans = 0;
  };

  const chunks = readTraces(body, version, {
    chunk(list) {
      const { service, resource } = tracingProcess(list, tracer);
      const facts = { traceIdHigh: traceIdHighOf(list), service };
      const environment = list[0]?.meta.get('env') ?? '';
      const key = JSON.stringify([...resource]);
      for (const span of list) {
        const group = waiting.get(key) ?? { resource, items: [] };
        if (group.items.length === 0) waiting.set(key, group);
        group.items.push(otlpSpan(span, facts));
        const name = span.service || service;
        const place = `${name}\n${environment}`;
        if (!services.has(place)) services.set(place, { service: name, environment });
        if (++spans >= spansAtATime) write();
      }
    },
    rejected(reason) {
      rejected += 1;
      rejectedReason ||= reason;
    },
  });
  if (spans > 0) write();
  return {
    parts: [{ signal: 'traces', body: Buffer.concat(written), rejected, rejectedReason }],
    chunks,
    services: [...services.values()],
  };
}

function scopeOf({ version }: Tracer): { readonly name: string; readonly version: string } {
  return { name: 'dd-trace', version };
}
