import { parseSearch } from '@bellwether/model';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { type Scope, type Store, scopeOf } from '../store/store.js';
import type { Asker } from './asker.js';
import { listFieldValues, listFields } from './fields.js';
import { jaegerDependencies, jaegerOperations, jaegerServices, jaegerTraces } from './jaeger.js';
import { logContext } from './log-context.js';
import { logHistogram, readLogDetail, searchLogs, traceLogs } from './logs.js';
import { serviceOverview } from './service-overview.js';
import { listServices } from './services.js';
import { readSpan } from './span.js';
import { readStored } from './stored.js';
import { searchTraces, traceHistogram } from './trace-search.js';
import { readTrace } from './trace.js';
import { VersionHistory } from './version-history.js';

let store: ChdbStore;
let close: () => Promise<void>;

beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, close } = empty);
  const insert = (table: string, values: string): Promise<void> => store.command(`INSERT INTO ${table} ${values}`);
  await insert(
    'spans',
    `(workspace, ts, trace_id, span_id, service, name, resource_id, received) SELECT 'default', toDateTime64('2026-05-28 21:00:00', 9, 'UTC'), unhex('${traceId}'), unhex('${spanId}'), 'a', 'b', 7, today()`,
  );
  await insert(
    'resources',
    `(workspace, id, service, attrs, received) SELECT 'default', 7, 'a', map('host.name', 'web-1'), today()`,
  );
});

afterAll(() => close());

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const window = { fromMs: Date.UTC(2026, 4, 28, 20, 30), toMs: Date.UTC(2026, 4, 28, 21, 30) };
const search = parseSearch(
  'service:checkout (status:error OR duration>200ms) http.route:"/orders/:id" -host.name:web-1 "card declined" user.id:u* cart.items>=3 has:tenant http.status:5xx',
  'spans',
);
const logSearch = parseSearch(
  'level>=warn host.name:web-1 -order_id:7 "declined" trace_id:4bf92f3577b34da6a3ce929d0e0e4736',
  'logs',
);
const question = { ...window, search, env: 'production' };
const nowMs = window.toMs;

const questions: Readonly<Record<string, (asker: Asker) => Promise<unknown>>> = {
  services: asker => listServices(asker, { ...window, env: 'production', nowMs }, new VersionHistory()),
  'service-overview': asker =>
    serviceOverview(asker, { ...window, service: 'checkout', env: 'production', compare: undefined, nowMs }),
  'service-overview-short': asker =>
    serviceOverview(asker, {
      fromMs: window.toMs - 900_000,
      toMs: window.toMs,
      service: 'checkout',
      env: undefined,
      compare: undefined,
      nowMs,
    }),
  'trace-search-recent': asker =>
    searchTraces(asker, { ...question, sort: 'recent', limit: 100, cursor: `1780002000000000000_${traceId}` }),
  'trace-search-slowest': asker =>
    searchTraces(asker, {
      ...window,
      search: { kind: 'everything' },
      env: undefined,
      sort: 'slowest',
      limit: 100,
      cursor: undefined,
    }),
  'trace-histogram': asker => traceHistogram(asker, { ...question, steps: 120 }),
  trace: asker => readTrace(asker, traceId, nowMs),
  span: asker => readSpan(asker, traceId, spanId),
  logs: asker =>
    searchLogs(asker, { ...window, search: logSearch, env: undefined, limit: 200, cursor: '1780002000000000000_5' }),
  'logs-histogram': asker => logHistogram(asker, { ...window, search: logSearch, env: 'production', steps: 120 }),
  'log-context': asker => logContext(asker, { time: '1780002000000000000', id: '5', service: 'checkout', lines: 50 }),
  'log-detail': asker => readLogDetail(asker, { time: '1780002000000000000', id: '5' }),
  'trace-logs': asker => traceLogs(asker, traceId, spanId),
  fields: asker => listFields(asker, { ...window, signal: 'spans', prefix: 'http' }),
  'field-values': asker => listFieldValues(asker, { ...window, signal: 'spans', prefix: '', key: 'http.route' }),
  stored: readStored,
  jaeger: async asker => {
    await jaegerServices(asker, window);
    await jaegerOperations(asker, 'checkout', window);
    await jaegerTraces(asker, [traceId]);
    await jaegerDependencies(asker, window);
  },
};

/** The store, with every statement written down as it passes. */
function listening(inner: Store): { readonly store: Store; readonly said: string[]; readonly scopes: Scope[] } {
  const said: string[] = [];
  const scopes: Scope[] = [];
  return {
    said,
    scopes,
    store: {
      ...inner,
      query(sql, options) {
        said.push(sql);
        scopes.push(options.scope);
        return inner.query(sql, options);
      },
    },
  };
}

/** Asks for the hours of a range; or reads one row, a table without a time, or by an id that has a bloom filter. */
function isBounded(sql: string): boolean {
  const reads = /FROM (?:spans|logs|error_spans|error_lines|operation_minutes)\b/.test(sql);
  const isById = /trace_id (?:= toFixedString|IN \(SELECT toFixedString)/.test(sql);
  return !reads || isById || sql.endsWith('LIMIT 1') || sql.includes('toStartOfHour(');
}

test.each(Object.keys(questions))('the SQL of %s', async name => {
  const ear = listening(store);
  await questions[name]?.({ store: ear.store, scope: scopeOf('default'), signal: new AbortController().signal });
  await expect(`${ear.said.toSorted().join(';\n\n')};\n`).toMatchFileSnapshot(`golden/${name}.sql`);
  for (const sql of ear.said) {
    expect(sql).toContain('{workspace:String}');
    expect(isBounded(sql)).toBe(true);
  }
});
