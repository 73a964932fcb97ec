import type { Value } from '../otlp-writer.js';
import type { DatadogSpan } from './datadog-span.js';

/** What a tracer says of itself with each request, by its headers. */
export interface Tracer {
  /** `nodejs`, `java`, ... ('' when it does not say). */
  readonly language: string;
  readonly languageVersion: string;
  readonly version: string;
  readonly containerId: string;
}

export const unknownTracer: Tracer = { language: '', languageVersion: '', version: '', containerId: '' };

/** The process a chunk came from, as attributes of a resource. */
export interface TracingProcess {
  readonly service: string;
  readonly resource: ReadonlyMap<string, Value>;
}

/**
 * The process whose spans a chunk has. Its service is what the tracer was started with: spans to a database or of a queue bear names made from it (`shop-postgres`),
 * and say in `_dd.base_service` what the process is called, in lower case.
 */
export function tracingProcess(spans: readonly DatadogSpan[], tracer: Tracer): TracingProcess {
  const meta = (name: string): string => {
    for (const span of spans) {
      const value = span.meta.get(name);
      if (value !== undefined && value !== '') return value;
    }
    return '';
  };
  const service = serviceOf(spans, meta('_dd.base_service'));
  const language = tracer.language || languages.get(meta('language')) || meta('language');
  const processId = spans.find(({ metrics }) => metrics.has('process_id'))?.metrics.get('process_id');
  const resource = new Map<string, Value>();
  const set = (name: string, value: Value): void => {
    if (value !== '' && value !== undefined) resource.set(name, value);
  };
  set('service.name', service);
  set('service.version', meta('version'));
  set('service.instance.id', meta('runtime-id'));
  set('deployment.environment.name', meta('env'));
  set('telemetry.sdk.name', 'datadog');
  set('telemetry.sdk.language', language);
  set('telemetry.sdk.version', tracer.version);
  set('process.pid', processId);
  set('process.runtime.name', language === 'nodejs' ? 'nodejs' : '');
  set('process.runtime.version', tracer.languageVersion.replace(/^v(?=\d)/, ''));
  set('host.name', meta('_dd.hostname'));
  set('container.id', tracer.containerId);
  set('datadog.tags.process', meta('_dd.tags.process'));
  return { service, resource };
}

/** `language` of a span, as `telemetry.sdk.language` has it. */
const languages: ReadonlyMap<string, string> = new Map([
  ['javascript', 'nodejs'],
  ['jvm', 'java'],
  ['.NET', 'dotnet'],
]);

function serviceOf(spans: readonly DatadogSpan[], base: string): string {
  if (base !== '') {
    for (const { meta, service } of spans) {
      const own = meta.get('service') ?? '';
      if (own.toLowerCase() === base.toLowerCase()) return own;
      if (service.toLowerCase() === base.toLowerCase()) return service;
    }
    return base;
  }
  const here = new Set(spans.map(({ spanId }) => spanId));
  const root = spans.find(({ parentId }) => parentId === 0n) ?? spans.find(({ parentId }) => !here.has(parentId));
  return root?.service || spans[0]?.service || '';
}
