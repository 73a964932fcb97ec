import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { snappy } from '../decode/snappy.test-support.js';
import {
  writeRequest1,
  writeRequest2,
  type WrittenSeries,
} from '../decode/remote-write/request-writer.test-support.js';
import { type RunningProgram, startProgram } from '../running-program.test-support.js';

let program: RunningProgram;
const nowMs = Math.floor(Date.now() / 1000) * 1000;

beforeAll(async () => {
  program = await startProgram();
});
afterAll(() => program.stop());

async function write(workspace: string, series: readonly WrittenSeries[], version: 1 | 2 = 1): Promise<void> {
  const answer = await fetch(`${program.ingest}/api/v1/write`, {
    method: 'POST',
    headers: {
      'content-encoding': 'snappy',
      'content-type':
        version === 1 ? 'application/x-protobuf' : 'application/x-protobuf;proto=io.prometheus.write.v2.Request',
      'x-prometheus-remote-write-version': version === 1 ? '0.1.0' : '2.0.0',
      'x-scope-orgid': workspace,
    },
    body: snappy(version === 1 ? writeRequest1(series) : writeRequest2(series)),
  });
  expect([answer.status, await answer.text()]).toEqual([expect.toSatisfy((s: number) => s < 300), '']);
  await program.flush();
}

async function ask(workspace: string, path: string, params: readonly (readonly [string, string])[] = [], form = false) {
  const text = new URLSearchParams(params.map(([name, value]): [string, string] => [name, value])).toString();
  const headers = { 'x-scope-orgid': workspace };
  const answer = form
    ? await fetch(`${program.api}${path}`, {
        method: 'POST',
        headers: { ...headers, 'content-type': 'application/x-www-form-urlencoded' },
        body: text,
      })
    : await fetch(`${program.api}${path}?${text}`, { headers });
  // Whatever is in it, it is JSON in UTF-8.
  const body = new TextDecoder('utf-8', { fatal: true }).decode(await answer.arrayBuffer());
  return { code: answer.status, ...envelope.parse(JSON.parse(body)) };
}

const envelope = z.object({
  status: z.string().optional(),
  error: z.unknown().optional(),
  data: z.unknown().optional(),
  warnings: z.array(z.string()).optional(),
});
const vector = z.object({
  result: z.array(
    z.object({
      // A record of Zod's leaves out `__proto__`.
      metric: z.unknown(),
      value: z.tuple([z.number(), z.string()]).optional(),
      values: z.array(z.tuple([z.number(), z.string()])).optional(),
    }),
  ),
});

async function query(workspace: string, expression: string, timeMs = nowMs) {
  const { code, data, error } = await ask(
    workspace,
    '/api/v1/query',
    [
      ['query', expression],
      ['time', String(timeMs / 1000)],
    ],
    true,
  );
  expect([expression.slice(0, 200), code, error]).toEqual([expression.slice(0, 200), 200, undefined]);
  return vector.parse(data).result;
}

const texts: readonly string[] = [
  `'"\`; DROP TABLE metric_series; --`,
  '\\',
  "\\'",
  '\\N',
  '\n\r\t\b\f\v',
  'a\u0000b',
  '\u0001\u001f\u007f\u0085\u2028\u2029',
  '💥\u{10ffff}é\u0301',
  '\ufffd',
  '__proto__',
  'constructor',
  'toString',
  '__name__x',
  'U__http_2e_route',
  'U___',
  '{workspace:String}',
  '{ids:Array(UInt64)}',
  '%',
  '%s%n',
  '$1',
  '${x}',
  '[]',
  '{}',
  ',',
  '=',
  '~',
  ' ',
  '  lead',
  'trail ',
  '/',
  '..',
  '../..',
  '?',
  '#',
  '&a=b',
  '+',
  ';',
  '(((((((((((((((((((((((((((((((((((((((((',
  '-- ',
  '/*',
  '*/',
  'NULL',
  'nan',
  '\u202eabc',
  'ﬀ',
  'İ',
  'ß',
  'A',
  'a',
  'x'.repeat(1000),
];

const lines = (list: readonly (readonly (readonly [string, unknown])[])[]): string[] =>
  list.map(one => JSON.stringify(one.toSorted())).toSorted();

/** A name as it stands in an address. */
const escapedName = (name: string): string =>
  `U__${[...name].map(c => (/[a-zA-Z0-9]/.test(c) ? c : c === '_' ? '__' : `_${c.codePointAt(0)!.toString(16)}_`)).join('')}`;

test('[W13] texts of any kind in values of labels, names of labels and names of metrics come back as they were sent', async () => {
  const sent = texts.flatMap((text, n): WrittenSeries[] => [
    {
      labels: [
        ['__name__', 'hostile_value'],
        ['n', String(n)],
        ['v', text],
      ],
      samples: [[nowMs, n]],
    },
    {
      labels: [['__name__', 'hostile_name'], ['n', String(n)], ...(text === 'n' ? [] : [[text, 'x'] as const])],
      samples: [[nowMs, n]],
    },
    {
      labels: [
        ['__name__', text],
        ['n', String(n)],
        ['kind', 'hostile_metric'],
      ],
      samples: [[nowMs, n]],
    },
  ]);
  const sorted = sent.map(series => ({ ...series, labels: series.labels.toSorted(([a], [b]) => (a < b ? -1 : 1)) }));
  await write('text1', sorted, 1);
  await write('text2', sorted, 2);
  for (const workspace of ['text1', 'text2']) {
    const found = await query(workspace, '{n!=""}');
    expect(lines(found.map(({ metric }) => Object.entries(metric ?? {})))).toEqual(
      lines(sorted.map(({ labels }) => labels)),
    );
    const check = async (n: number, text: string): Promise<void> => {
      // As in Prometheus that character must be escaped.
      const quoted = JSON.stringify(text).replaceAll('\ufffd', '\\ufffd');
      for (const expression of [
        `hostile_value{v=${quoted}}`,
        `{"hostile_name", ${quoted}="x"}`,
        `{${quoted}}`,
        `{__name__=${quoted}, kind!="y"}`,
      ]) {
        expect([expression, (await query(workspace, expression)).map(({ value }) => value?.[1])]).toEqual([
          expression,
          [String(n)],
        ]);
      }
      const values = await ask(workspace, `/api/v1/label/${escapedName(text)}/values`);
      expect([text, values.code, values.data]).toEqual([text, 200, ['x']]);
    };
    await Promise.all(texts.map((text, n) => check(n, text)));
    const labels = await ask(workspace, '/api/v1/labels');
    expect(labels.data).toEqual(expect.arrayContaining([...texts, '__name__', 'n', 'v', 'kind']));
    const values = await ask(workspace, '/api/v1/label/v/values');
    expect(z.array(z.string()).parse(values.data).toSorted()).toEqual([...new Set(texts)].toSorted());
    const names = await ask(workspace, '/api/v1/label/__name__/values');
    expect(names.data).toEqual(expect.arrayContaining([...texts]));
    const series = await ask(workspace, '/api/v1/series', [['match[]', '{n!=""}']]);
    expect(z.array(z.unknown()).parse(series.data)).toHaveLength(sent.length);
    for (const path of ['/api/v1/status/tsdb?limit=1000', '/api/v1/metadata', '/api/bw/v1/metrics']) {
      expect([
        path,
        (await fetch(`${program.api}${path}`, { headers: { 'x-scope-orgid': workspace } })).status,
      ]).toEqual([path, 200]);
    }
  }
});
