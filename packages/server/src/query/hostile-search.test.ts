import { parseSearch, printSearch } from '@bellwether/model';
import type { SearchNode } from '@bellwether/model';
import * as fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { emptyStore } from '../api/sample-store.test.support.js';
import type { ChdbStore } from '../store/chdb-store.js';
import { scopeOf } from '../store/store.js';
import type { Asker } from './asker.js';
import { compileSearch } from './compile-search.js';
import { listFieldValues, listFields } from './fields.js';
import { searchLogs } from './logs.js';
import { searchTraces } from './trace-search.js';

let store: ChdbStore;
let close: () => Promise<void>;
let asker: Asker;

const atMs = 1_780_000_000_000;

/** Texts that end strings, statements, comments or parameters in one language or another. */
const hostile = [
  `'; DROP TABLE spans; --`,
  `\n\nDROP TABLE logs`,
  `{workspace:String}`,
  `{q0:String}`,
  `\\'`,
  `\\`,
  `\u0000`,
  `%_*`,
  `"); SELECT 1; ("`,
  `🦊 ünïcödé \u202e`,
  `\t\r\n\f`,
  `/* */ -- #`,
  `$1 ? :x @x`,
  `NULL`,
];

const attribute = (key: string, value: string): SearchNode => ({
  kind: 'match',
  field: { source: 'attribute', key },
  patterns: [[value]],
  place: { from: 0, to: 0 },
});

const quoted = (text: string): string => `unhex('${Buffer.from(text).toString('hex')}')`;

beforeAll(async () => {
  const empty = await emptyStore();
  ({ store, close } = empty);
  asker = { store, scope: scopeOf('default'), signal: new AbortController().signal };
  for (const [i, text] of hostile.entries()) {
    const values = `workspace, ts, trace_id, span_id, service, attrs, attr_types, received`;
    const row = `'default', fromUnixTimestamp64Milli(toInt64(${atMs + i}), 'UTC'), unhex('${String(i + 1).padStart(32, '0')}'), unhex('${'1'.repeat(16)}'), ${quoted(text)}, map(${quoted(text)}, ${quoted(text)}), 's', today()`;
    await store.command(`INSERT INTO spans (${values}, name) SELECT ${row}, ${quoted(text)}`);
    await store.command(`INSERT INTO logs (${values}, body, id) SELECT ${row}, ${quoted(text)}, ${i + 1}`);
  }
});

afterAll(() => close());

const window = { fromMs: atMs - 1000, toMs: atMs + 1000, env: undefined, limit: 100, cursor: undefined };

test.each(hostile)('%j is found as a key, a value, a service and a text, and does nothing else', async text => {
  const nodes: SearchNode[] = [
    attribute(text, text),
    { kind: 'has', field: { source: 'attribute', key: text }, place: { from: 0, to: 0 } },
    { kind: 'match', field: { source: 'builtin', key: 'service' }, patterns: [[text]], place: { from: 0, to: 0 } },
    { kind: 'text', pattern: [text], place: { from: 0, to: 0 } },
  ];
  for (const node of nodes) {
    const { traces } = await searchTraces(asker, { ...window, search: node, sort: 'recent' });
    expect(traces.map(row => row.rootService)).toContain(text);
    const { logs } = await searchLogs(asker, { ...window, search: node });
    expect(logs.map(line => line.body)).toContain(text);
    // The same, written by a person.
    const again = parseSearch(printSearch(node, 'spans'), 'spans');
    const { traces: same } = await searchTraces(asker, { ...window, search: again, sort: 'recent' });
    expect(same.map(row => row.traceId)).toEqual(traces.map(row => row.traceId));
  }
  const values = await listFieldValues(asker, { ...window, signal: 'spans', key: text, prefix: text.slice(0, 3) });
  expect(values.values).toEqual([{ value: text, count: 1 }]);
  const { fields } = await listFields(asker, { ...window, signal: 'logs', prefix: text });
  expect(fields.map(field => field.key)).toContain(text);
});

test('only the row itself matches an exact attribute', async () => {
  for (const text of hostile) {
    const { traces } = await searchTraces(asker, { ...window, search: attribute(text, text), sort: 'recent' });
    expect(traces.length).toBe(1);
  }
});

test('no text of a query ever stands in its SQL', () => {
  const marker = 'zzmarkerzz';
  fc.assert(
    fc.property(fc.string(), fc.string(), (a, b) => {
      for (const signal of ['spans', 'logs'] as const) {
        const node: SearchNode = {
          kind: 'and',
          nodes: [
            attribute(`${a}${marker}`, `${marker}${b}`),
            { kind: 'text', pattern: [`${marker}${a}`, b], place: { from: 0, to: 0 } },
            {
              kind: 'match',
              field: { source: 'resource', key: `${marker}${b}` },
              patterns: [[a, `${b}${marker}`]],
              place: { from: 0, to: 0 },
            },
          ],
        };
        const compiled = compileSearch(node, signal);
        const sql = [compiled.condition(() => 'true'), ...compiled.probes].join(' ');
        expect(sql).not.toContain(marker);
        expect(Object.values(compiled.params).join(' ')).toContain(marker);
      }
    }),
  );
});

test('other workspaces stay unseen', async () => {
  const other = { ...asker, scope: scopeOf('other') };
  const everything = { kind: 'everything' } as const;
  expect((await searchTraces(other, { ...window, search: everything, sort: 'slowest' })).traces).toEqual([]);
  expect((await searchLogs(other, { ...window, search: everything })).logs).toEqual([]);
});
