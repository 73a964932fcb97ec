import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import type { WrittenSeries } from '../decode/remote-write/request-writer.test-support.js';
import { type AskedProgram, startAskedProgram } from './adversarial-program.test-support.js';

let program: AskedProgram;
const nowMs = Math.floor(Date.now() / 1000) * 1000;

beforeAll(async () => {
  program = await startAskedProgram();
});
afterAll(() => program.stop());

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

test('texts of any kind in values of labels, names of labels and names of metrics come back as they were sent', async () => {
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
  await program.write('text1', sorted, 1);
  await program.write('text2', sorted, 2);
  for (const workspace of ['text1', 'text2']) {
    const found = await program.query(workspace, '{n!=""}', nowMs);
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
        expect([
          expression,
          (await program.query(workspace, expression, nowMs)).map(({ value }) => value?.[1]),
        ]).toEqual([expression, [String(n)]]);
      }
      const values = await program.ask(workspace, `/api/v1/label/${escapedName(text)}/values`);
      expect([text, values.code, values.data]).toEqual([text, 200, ['x']]);
    };
    await Promise.all(texts.map((text, n) => check(n, text)));
    const labels = await program.ask(workspace, '/api/v1/labels');
    expect(labels.data).toEqual(expect.arrayContaining([...texts, '__name__', 'n', 'v', 'kind']));
    const values = await program.ask(workspace, '/api/v1/label/v/values');
    expect(z.array(z.string()).parse(values.data).toSorted()).toEqual([...new Set(texts)].toSorted());
    const names = await program.ask(workspace, '/api/v1/label/__name__/values');
    expect(names.data).toEqual(expect.arrayContaining([...texts]));
    const series = await program.ask(workspace, '/api/v1/series', [['match[]', '{n!=""}']]);
    expect(z.array(z.unknown()).parse(series.data)).toHaveLength(sent.length);
    for (const path of ['/api/v1/status/tsdb?limit=1000', '/api/v1/metadata', '/api/bw/v1/metrics']) {
      expect([
        path,
        (await fetch(`${program.api}${path}`, { headers: { 'x-scope-orgid': workspace } })).status,
      ]).toEqual([path, 200]);
    }
  }
});

test('[A2] texts of any kind in OTLP metrics: every answer is JSON, and each metric is found by the name it came with', async () => {
  const long = 'v'.repeat(200_000);
  const metrics = texts.map((text, n) => ({
    name: `otlp ${text}`,
    unit: text.slice(0, 60),
    description: text,
    gauge: {
      dataPoints: [
        {
          timeUnixNano: `${nowMs}000000`,
          asDouble: n,
          attributes: [
            { key: text, value: { stringValue: text } },
            { key: 'n', value: { stringValue: String(n) } },
            { key: 'job', value: { stringValue: 'own job' } },
            { key: '__name__', value: { stringValue: 'own name' } },
            { key: '', value: { stringValue: 'no name' } },
            { key: 'long', value: { stringValue: long } },
          ],
        },
      ],
    },
  }));
  const resource = { attributes: texts.map(text => ({ key: `r ${text}`, value: { stringValue: text } })) };
  await program.otlp('otlp', {
    resourceMetrics: [{ resource, scopeMetrics: [{ scope: { name: texts[0] }, metrics }] }],
  });
  const all = await program.query('otlp', '{n!=""}', nowMs);
  expect(all.map(({ value }) => Number(value?.[1])).toSorted((a, b) => a - b)).toEqual(texts.map((_, n) => n));
  for (const { metric } of all) expect(Object.keys(metric ?? {})).not.toContain('');
  for (const [n, text] of texts.entries()) {
    const quoted = JSON.stringify(`otlp ${text}`).replaceAll('\ufffd', '\\ufffd');
    const found = await program.query('otlp', `{${quoted}}`, nowMs);
    expect([text, found.map(({ value }) => value?.[1])]).toEqual([text, [String(n)]]);
  }
  for (const path of [
    '/api/v1/labels',
    '/api/v1/label/__name__/values',
    '/api/v1/label/n/values',
    '/api/v1/label/job/values',
    '/api/v1/metadata',
    '/api/v1/status/tsdb',
  ]) {
    expect([path, (await program.ask('otlp', path)).code]).toEqual([path, 200]);
  }
  const labels = await program.ask('otlp', '/api/v1/labels');
  expect(labels.data).not.toContain('');
  const info = await program.query('otlp', 'target_info', nowMs);
  expect(info).toHaveLength(1);
});
