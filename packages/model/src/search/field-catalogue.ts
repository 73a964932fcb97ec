import type { FieldRef, SearchSignal } from './ast.js';

/** A field that every span or log has, whoever sent it. */
export interface Field {
  readonly key: string;
  readonly type: 'string' | 'number' | 'duration' | 'enum';
  readonly description: string;
  readonly example: string;
  /** For enums: every value it can have, in order. */
  readonly values?: readonly string[];
  /** Do `>` and `<` mean something. */
  readonly ordered?: boolean;
  /** Other names for it, as OpenTelemetry's attributes. */
  readonly aliases?: readonly string[];
}

const identity: readonly Field[] = [
  {
    key: 'service',
    type: 'string',
    description: 'The service that sent it',
    example: 'service:checkout',
    aliases: ['service.name'],
  },
  {
    key: 'env',
    type: 'string',
    description: 'Deployment environment',
    example: 'env:production',
    aliases: ['environment', 'deployment.environment', 'deployment.environment.name'],
  },
  {
    key: 'version',
    type: 'string',
    description: 'Version of the service',
    example: 'version:1.4.*',
    aliases: ['service.version'],
  },
  {
    key: 'tenant',
    type: 'string',
    description: 'Customer of your application',
    example: 'tenant:acme',
    aliases: ['tenant.id', 'tenant_id'],
  },
  {
    key: 'trace_id',
    type: 'string',
    description: 'Trace id, 32 hex digits',
    example: 'trace_id:4bf92f3577b34da6a3ce929d0e0e4736',
    aliases: ['trace.id', 'traceId'],
  },
  {
    key: 'span_id',
    type: 'string',
    description: 'Span id, 16 hex digits',
    example: 'span_id:00f067aa0ba902b7',
    aliases: ['span.id', 'spanId'],
  },
];

const spanFields: readonly Field[] = [
  ...identity,
  { key: 'name', type: 'string', description: 'Name of the span', example: 'name:"GET /orders/:id"' },
  {
    key: 'status',
    type: 'enum',
    values: ['unset', 'ok', 'error'],
    description: 'Status of the span',
    example: 'status:error',
  },
  {
    key: 'duration',
    type: 'duration',
    ordered: true,
    description: 'How long the span took, with a unit: ns us ms s m h',
    example: 'duration>200ms',
  },
  {
    key: 'kind',
    type: 'enum',
    values: ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'],
    description: 'Kind of the span',
    example: 'kind:server',
  },
  {
    key: 'http.status',
    type: 'number',
    ordered: true,
    description: 'HTTP status code; 5xx stands for 500 to 599',
    example: 'http.status:5xx',
    aliases: ['http.response.status_code', 'http.status_code'],
  },
  {
    key: 'error.type',
    type: 'string',
    description: 'Class of the error or code of the failure',
    example: 'error.type:PaymentDeclined',
  },
  {
    key: 'root',
    type: 'enum',
    values: ['true', 'false'],
    description: 'Is it the first span of its trace',
    example: 'root:true',
  },
];

const logFields: readonly Field[] = [
  ...identity,
  {
    key: 'level',
    type: 'enum',
    values: ['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'],
    ordered: true,
    description: 'Level of the line',
    example: 'level>=warn',
    aliases: ['severity'],
  },
  { key: 'event', type: 'string', description: 'Name of the event', example: 'event:order.placed' },
  {
    key: 'pattern',
    type: 'string',
    description: 'Lines of this pattern, as the Patterns view writes it; `<*>` stands for a value',
    example: 'pattern:"order <*> placed"',
  },
];

/** The built-in fields of a signal: documentation, completion and the compiler read this one list. */
export const fieldCatalogue: Readonly<Record<SearchSignal, readonly Field[]>> = { spans: spanFields, logs: logFields };

/** The built-in field of that name or alias. */
export function builtinField(signal: SearchSignal, key: string): Field | undefined {
  return fieldCatalogue[signal].find(field => field.key === key || (field.aliases?.includes(key) ?? false));
}

const resourcePrefix = 'resource.';

/** What a key means. A quoted key is always an attribute, so that `"name":x` reaches an attribute called name. */
export function resolveField(signal: SearchSignal, key: string, quoted: boolean): FieldRef {
  if (quoted) return { source: 'attribute', key };
  if (key.startsWith(resourcePrefix) && key.length > resourcePrefix.length) {
    return { source: 'resource', key: key.slice(resourcePrefix.length) };
  }
  const builtin = builtinField(signal, key);
  return builtin === undefined ? { source: 'attribute', key } : { source: 'builtin', key: builtin.key };
}

/** OTLP: the lowest severity number of each level. */
export const levelNumbers: Readonly<Record<string, number>> = {
  unset: 0,
  trace: 1,
  debug: 5,
  info: 9,
  warn: 13,
  error: 17,
  fatal: 21,
};
