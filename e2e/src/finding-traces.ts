import { expect } from 'vitest';
import type { Instance } from './instance.ts';

const text = (key: string, stringValue: string): object => ({ key, value: { stringValue } });
const hex = (value: number, width: number): string => value.toString(16).padStart(width, '0');

/** One query of a trace: when it begins after the request, in milliseconds, and how long it takes. */
export interface SentQuery {
  readonly statement: string;
  readonly summary: string;
  readonly startMs: number;
  readonly durationMs: number;
  readonly more?: Readonly<Record<string, string>>;
}

/** Sends a request of `shop` with these queries below it, as OTLP. Returns the trace's id. */
export async function sendRequest(
  instance: Instance,
  number: number,
  route: string,
  queries: readonly SentQuery[],
  { workspace = 'default', nowMs = Date.now() }: { readonly workspace?: string; readonly nowMs?: number } = {},
): Promise<string> {
  const traceId = hex(number, 32);
  const ns = (ms: number): string => `${Math.round((nowMs - 5000 + ms) * 1000)}000`;
  const end = Math.max(...queries.map(({ startMs, durationMs }) => startMs + durationMs)) + 1;
  const root = {
    traceId,
    spanId: hex(number * 1000, 16),
    name: `GET ${route}`,
    kind: 2,
    startTimeUnixNano: ns(0),
    endTimeUnixNano: ns(end),
    attributes: [text('http.request.method', 'GET'), text('http.route', route), text('tenant.id', 'acme')],
  };
  const spans = queries.map((query, i) => ({
    traceId,
    spanId: hex(number * 1000 + i + 1, 16),
    parentSpanId: root.spanId,
    name: query.summary,
    kind: 3,
    startTimeUnixNano: ns(query.startMs),
    endTimeUnixNano: ns(query.startMs + query.durationMs),
    attributes: [
      text('db.system.name', 'postgresql'),
      text('db.namespace', 'shop'),
      text('db.query.text', query.statement),
      text('db.query.summary', query.summary),
      ...Object.entries(query.more ?? {}).map(([key, value]) => text(key, value)),
    ],
  }));
  const resource = { attributes: [text('service.name', 'shop'), text('service.version', 'v1')] };
  const answer = await fetch(`${instance.otlp}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-scope-orgid': workspace },
    body: JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [root, ...spans] }] }] }),
  });
  expect(answer.status).toBe(200);
  return traceId;
}

/** Orders, and then the customer of each: what an ORM in a loop sends. */
export const customersOneByOne: readonly SentQuery[] = [
  { statement: 'SELECT * FROM orders ORDER BY id LIMIT ?', summary: 'SELECT orders', startMs: 1, durationMs: 4 },
  ...Array.from({ length: 12 }, (_, i) => ({
    statement: 'SELECT * FROM customers WHERE id = $1',
    summary: 'SELECT customers',
    startMs: 6 + i * 3,
    durationMs: 2.5,
    more: {
      'bellwether.orm.name': 'prisma',
      'bellwether.orm.model': 'Customer',
      'bellwether.orm.operation': 'findUnique',
      ...(i === 4 ? { 'code.file.path': '/srv/app/src/orders.ts', 'code.line.number': '12' } : {}),
    },
  })),
];
