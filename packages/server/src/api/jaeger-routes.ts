import { parseDurationNs, resolveField } from '@bellwether/model';
import type { FieldRef, SearchNode } from '@bellwether/model';
import { z } from 'zod';
import { BadInput } from '../base/bad-input.js';
import { jaegerDependencies, jaegerOperations, jaegerServices, jaegerTraces } from '../query/jaeger.js';
import type { TimeWindow } from '../query/time-window.js';
import { searchTraces } from '../query/trace-search.js';
import { NotFound } from './api-failure.js';
import { type Route, defineRoute } from './route.js';
import { noSuchTrace } from './trace-routes.js';

/**
 * Jaeger's query API (`/api/...` of jaeger-query), so that Grafana and other tools read our traces: point them at `<here>/jaeger`.
 * https://www.jaegertracing.io/docs/latest/apis/
 */

const tag = z.object({
  key: z.string(),
  type: z.enum(['string', 'bool', 'int64', 'float64', 'binary']),
  value: z.union([z.string(), z.boolean(), z.number()]),
});

const trace = z.object({
  traceID: z.string(),
  spans: z.array(
    z.object({
      traceID: z.string(),
      spanID: z.string(),
      flags: z.number(),
      operationName: z.string(),
      references: z.array(
        z.object({ refType: z.enum(['CHILD_OF', 'FOLLOWS_FROM']), traceID: z.string(), spanID: z.string() }),
      ),
      startTime: z.number(),
      duration: z.number(),
      tags: z.array(tag),
      logs: z.array(z.object({ timestamp: z.number(), fields: z.array(tag) })),
      processID: z.string(),
      warnings: z.null(),
    }),
  ),
  processes: z.record(z.string(), z.object({ serviceName: z.string(), tags: z.array(tag) })),
  warnings: z.null(),
});

/** Everything Jaeger answers stands in this envelope. */
function envelope<Item extends z.ZodType>(
  item: Item,
): z.ZodObject<{
  data: z.ZodArray<Item>;
  total: z.ZodNumber;
  limit: z.ZodNumber;
  offset: z.ZodNumber;
  errors: z.ZodNull;
}> {
  return z.object({ data: z.array(item), total: z.number(), limit: z.number(), offset: z.number(), errors: z.null() });
}

function enveloped<Item>(data: Item[]): { data: Item[]; total: number; limit: number; offset: number; errors: null } {
  return { data, total: data.length, limit: 0, offset: 0, errors: null };
}

const dayMs = 86_400_000;
const lately = (nowMs: number): TimeWindow => ({ fromMs: nowMs - 7 * dayMs, toMs: nowMs + dayMs / 24 });

const tracesQuery = z.object({
  service: z.string().optional(),
  operation: z.string().optional(),
  /** A JSON object: `{"http.route":"/orders/:id"}`. */
  tags: z.string().max(4096).optional(),
  /** `key:value`, once or several times. */
  tag: z.union([z.string(), z.array(z.string())]).optional(),
  traceID: z.union([z.string(), z.array(z.string())]).optional(),
  /** Microseconds since 1970. */
  start: z.coerce.number().int().min(0).optional(),
  end: z.coerce.number().int().min(0).optional(),
  /** As `1h` or `2d`; used when `start` is not given. */
  lookback: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(200).default(20),
  /** As `1.2s`, `100ms`, `500us`. */
  minDuration: z.string().optional(),
  maxDuration: z.string().optional(),
});

const operation = z.object({ name: z.string(), spanKind: z.string() });
const dependency = z.object({ parent: z.string(), child: z.string(), callCount: z.number() });

export const jaegerRoutes: readonly Route[] = [
  defineRoute({
    method: 'GET',
    path: '/jaeger/api/services',
    summary: 'Jaeger: names of the services of the last seven days.',
    answer: envelope(z.string()),
    handle: async (_, { asker, nowMs }) => enveloped(await jaegerServices(asker, lately(nowMs))),
  }),
  defineRoute({
    method: 'GET',
    path: '/jaeger/api/services/:service/operations',
    summary: "Jaeger: names of a service's spans.",
    params: z.object({ service: z.string().max(1000) }),
    answer: envelope(z.string()),
    async handle({ params }, { asker, nowMs }) {
      const operations = await jaegerOperations(asker, params.service, lately(nowMs));
      return enveloped([...new Set(operations.map(({ name }) => name))]);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/jaeger/api/operations',
    summary: "Jaeger: names and kinds of a service's spans.",
    query: z.object({ service: z.string().max(1000), spanKind: z.string().optional() }),
    answer: envelope(operation),
    async handle({ query }, { asker, nowMs }) {
      const operations = await jaegerOperations(asker, query.service, lately(nowMs));
      const kind = query.spanKind ?? '';
      return enveloped(kind === '' ? operations : operations.filter(({ spanKind }) => spanKind === kind));
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/jaeger/api/traces',
    summary: 'Jaeger: whole traces that match.',
    query: tracesQuery,
    answer: envelope(trace),
    async handle({ query }, { asker, nowMs }) {
      const ids = [query.traceID ?? []].flat().map(traceId);
      if (ids.length > 0) return enveloped(await jaegerTraces(asker, ids.slice(0, query.limit)));
      const { traces } = await searchTraces(asker, {
        ...askedTimes(query, nowMs),
        search: jaegerSearch(query),
        env: undefined,
        sort: 'recent',
        limit: query.limit,
        cursor: undefined,
      });
      return enveloped(
        await jaegerTraces(
          asker,
          traces.map(row => row.traceId),
        ),
      );
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/jaeger/api/traces/:traceID',
    summary: 'Jaeger: one trace.',
    params: z.object({ traceID: z.string() }),
    answer: envelope(trace),
    async handle({ params }, { asker }) {
      const id = traceId(params.traceID);
      const traces = await jaegerTraces(asker, [id]);
      if (traces.length === 0) throw new NotFound(noSuchTrace(id));
      return enveloped(traces);
    },
  }),
  defineRoute({
    method: 'GET',
    path: '/jaeger/api/dependencies',
    summary: 'Jaeger: which service calls which, how often.',
    query: z.object({
      /** Milliseconds since 1970. */
      endTs: z.coerce.number().int().min(0).optional(),
      /** Milliseconds before `endTs`. */
      lookback: z.coerce.number().int().min(1).default(dayMs),
    }),
    answer: envelope(dependency),
    async handle({ query }, { asker, nowMs }) {
      const toMs = query.endTs ?? nowMs;
      return enveloped(await jaegerDependencies(asker, { fromMs: toMs - query.lookback, toMs }));
    },
  }),
];

/** Jaeger leaves out zeros at the front. */
function traceId(text: string): string {
  if (!/^[0-9a-f]{1,32}$/i.test(text)) throw new BadInput('A trace id has up to 32 hex digits.');
  return text.toLowerCase().padStart(32, '0');
}

function askedTimes({ start, end, lookback }: z.infer<typeof tracesQuery>, nowMs: number): TimeWindow {
  const toMs = end === undefined ? nowMs : Math.ceil(end / 1000);
  return { fromMs: start === undefined ? toMs - lookbackMs(lookback) : Math.floor(start / 1000), toMs };
}

function lookbackMs(text: string | undefined): number {
  if (text === undefined || text === '' || text === 'custom') return 2 * dayMs;
  const days = /^(\d{1,4})d$/.exec(text)?.[1];
  if (days !== undefined) return Number(days) * dayMs;
  return durationNs('lookback', text) / 1e6;
}

function durationNs(name: string, text: string): number {
  const ns = parseDurationNs(text);
  if (ns === undefined) throw new BadInput(`${name} needs a duration with a unit, as 1h or 250ms.`);
  return ns;
}

const nowhere = { from: 0, to: 0 };

const builtin = (key: string): FieldRef => ({ source: 'builtin', key });
const match = (field: FieldRef, value: string): SearchNode => ({
  kind: 'match',
  field,
  patterns: [[value]],
  place: nowhere,
});

/** The form of Jaeger's page as a query of our language. */
function jaegerSearch(query: z.infer<typeof tracesQuery>): SearchNode {
  const duration = (operator: '>=' | '<=', name: string, text: string): SearchNode => ({
    kind: 'compare',
    field: builtin('duration'),
    operator,
    text,
    number: durationNs(name, text),
    place: nowhere,
  });
  const tagNode = (key: string, value: string): SearchNode => {
    if (key === 'error') {
      const failed = match(builtin('status'), 'error');
      return value === 'true' ? failed : { kind: 'not', node: failed };
    }
    if (key === 'span.kind') return match(builtin('kind'), value.toLowerCase());
    return match(tagField(key), value);
  };
  const { service, operation: name, minDuration, maxDuration } = query;
  const nodes: SearchNode[] = [
    ...(service === undefined || service === '' ? [] : [match(builtin('service'), service)]),
    ...(name === undefined || name === '' || name === 'all' ? [] : [match(builtin('name'), name)]),
    ...askedTags(query).map(([key, value]) => tagNode(key, value)),
    ...(minDuration === undefined || minDuration === '' ? [] : [duration('>=', 'minDuration', minDuration)]),
    ...(maxDuration === undefined || maxDuration === '' ? [] : [duration('<=', 'maxDuration', maxDuration)]),
  ];
  return nodes.length === 0 ? { kind: 'everything' } : { kind: 'and', nodes };
}

/** A tag is an attribute, unless we keep it in a column of its own that may hold any text. */
function tagField(key: string): FieldRef {
  const field = resolveField('spans', key, false);
  const isText = ['service', 'env', 'version', 'tenant', 'error.type', 'http.status'].includes(field.key);
  return field.source !== 'builtin' || isText ? field : { source: 'attribute', key };
}

const tagsObject = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

function askedTags({ tags, tag }: z.infer<typeof tracesQuery>): readonly (readonly [string, string])[] {
  const single = [tag ?? []].flat().map((text): [string, string] => {
    const at = text.indexOf(':');
    if (at <= 0) throw new BadInput('A tag is written tag=key:value.');
    return [text.slice(0, at), text.slice(at + 1)];
  });
  if (tags === undefined || tags === '') return single;
  try {
    const object = tagsObject.parse(JSON.parse(tags));
    return [...single, ...Object.entries(object).map(([key, value]): [string, string] => [key, String(value)])];
  } catch {
    throw new BadInput('tags must be a JSON object of names and values, as {"http.route":"/orders/:id"}.');
  }
}
