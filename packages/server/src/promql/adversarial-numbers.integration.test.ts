import { z } from 'zod';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AskedProgram, startAskedProgram } from './adversarial-program.test-support.js';

let program: AskedProgram;
const nowMs = Math.floor(Date.now() / 60_000) * 60_000;

beforeAll(async () => {
  program = await startAskedProgram();
});
afterAll(() => program.stop());

test('numbers come back as they were sent, in the words of Prometheus', async () => {
  const numbers: readonly (readonly [number | bigint, string])[] = [
    [NaN, 'NaN'],
    [0x7ff8000000000001n, 'NaN'],
    [0xfff8000000000123n, 'NaN'],
    [Infinity, '+Inf'],
    [-Infinity, '-Inf'],
    [-0, '-0'],
    [0, '0'],
    [5e-324, '5e-324'],
    [-5e-324, '-5e-324'],
    [2.2250738585072014e-308, '2.2250738585072014e-308'],
    [Number.MAX_VALUE, '1.7976931348623157e+308'],
    [1e308, '1e+308'],
    [1e20, '100000000000000000000'],
    [1e21, '1e+21'],
    [123456789.125, '123456789.125'],
    [0.1 + 0.2, '0.30000000000000004'],
    [2 ** 53 + 2, '9007199254740994'],
    [1e-7, '1e-07'],
    [0.000001, '0.000001'],
  ];
  await program.write(
    'numbers',
    numbers.map(([value], n) => ({
      labels: [
        ['__name__', 'number'],
        ['n', String(n)],
      ],
      samples: [[nowMs, value]],
    })),
  );
  for (const [n, [value, text]] of numbers.entries()) {
    const [found] = await program.query('numbers', `number{n="${n}"}`, nowMs);
    expect([n, value, found?.value]).toEqual([n, value, [nowMs / 1000, text]]);
  }
  await program.write('numbers', [
    {
      labels: [['__name__', 'ended']],
      samples: [
        [nowMs, 1],
        [nowMs + 1000, 0x7ff0000000000002n],
      ],
    },
  ]);
  expect(await program.query('numbers', 'ended', nowMs + 1000)).toEqual([]);
  expect(await program.query('numbers', 'ended', nowMs + 999)).toHaveLength(1);
});

const times: readonly (readonly [string, number])[] = [
  ['1970', 0],
  ['1 ms after 1970', 1],
  ['before 1970', -1000],
  ['1 ms before 1970', -1],
  ['1900', -2_208_988_800_000],
  ['1950', -631_152_000_000],
  ['2106', 4_294_967_296_000],
  ['2149', 5_662_310_400_000],
  ['2200', 7_258_118_400_000],
  ['2299', 10_413_791_999_999],
];

test.each(times)('a sample of %s is found at its time, and only there', async (name, timeMs) => {
  const workspace = `t${timeMs}`.replace('-', 'm');
  await program.write(workspace, [
    {
      labels: [
        ['__name__', 'then'],
        ['of', name],
      ],
      samples: [[timeMs, 7]],
    },
  ]);
  const at = async (ms: number): Promise<readonly unknown[]> =>
    (await program.query(workspace, 'then', ms)).map(({ value }) => value?.[1]);
  expect([
    await at(timeMs),
    await at(timeMs + 299_999),
    await at(timeMs - 1),
    await at(timeMs + 300_000),
    await at(nowMs),
  ]).toEqual([['7'], ['7'], [], [], []]);
  const [series] = await program.query(workspace, 'then[2s]', timeMs + 1000);
  expect(series?.values).toEqual([[timeMs / 1000, '7']]);
  const [ranged] = await program.range(workspace, 'then', timeMs, timeMs + 2000, '1');
  expect(ranged?.values?.map(([s]) => s)).toEqual([timeMs / 1000, timeMs / 1000 + 1, timeMs / 1000 + 2]);
});

test('values of exemplars are numbers in the same words', async () => {
  const exemplars = [Infinity, -Infinity, NaN, 1e21, -0, 1e-7].map((value, n) => ({
    labels: [['n', String(n)]] as const,
    value,
    ms: nowMs + n,
  }));
  await program.write('exemplars', [{ labels: [['__name__', 'shown']], samples: [[nowMs, 1]], exemplars }]);
  const { data } = await program.ask('exemplars', '/api/v1/query_exemplars', [['query', 'shown']]);
  const found = z.array(z.object({ exemplars: z.array(z.object({ value: z.string() })) })).parse(data);
  expect(found[0]?.exemplars.map(({ value }) => value)).toEqual(['+Inf', '-Inf', 'NaN', '1e+21', '-0', '1e-07']);
});

test('a range over times of all kinds has all of its samples', async () => {
  const samples = times.map(([, ms], n): readonly [number, number] => [ms, n]);
  await program.write('ages', [{ labels: [['__name__', 'age']], samples }]);
  expect((await program.query('ages', 'count_over_time(age[290y])', 9_000_000_000_000))[0]?.value?.[1]).toBe('7');
  expect((await program.query('ages', 'count_over_time(age[100y])', nowMs))[0]?.value?.[1]).toBe('5');
});

test('steps of a millisecond, longer than the range, and of no range', async () => {
  await program.write('steps', [
    {
      labels: [['__name__', 'x']],
      samples: [
        [nowMs, 1],
        [nowMs + 5, 2],
      ],
    },
  ]);
  const [fine] = await program.range('steps', 'x', nowMs, nowMs + 10, '0.001');
  expect(fine?.values?.map(([, value]) => value)).toEqual(['1', '1', '1', '1', '1', '2', '2', '2', '2', '2', '2']);
  expect(fine?.values?.[3]?.[0]).toBe((nowMs + 3) / 1000);
  const [long] = await program.range('steps', 'x', nowMs, nowMs + 10, '1y');
  expect(long?.values).toHaveLength(1);
  const [none] = await program.range('steps', 'x', nowMs, nowMs, '1');
  expect(none?.values).toEqual([[nowMs / 1000, '1']]);
  const [fraction] = await program.query('steps', 'x', nowMs + 4.6);
  expect(fraction?.value).toEqual([(nowMs + 5) / 1000, '2']);
});

test.each([
  ['traces_span_metrics_calls_total', 9e11],
  ['traces_span_metrics_calls_total', -9e11],
  ['rate({__name__=~"traces_span_metrics_.*"}[100y])', 0],
  ['target_info', 9e11],
  ['target_info', -9e11],
  ['x offset 200y', 9e11],
  ['x @ 8999999999999', 0],
  ['x @ -8999999999999', 0],
  ['sum_over_time(x[290y])', 9e11],
])('%s at %d s is answered', async (query, s) => {
  const { code, error } = await program.ask('far', '/api/v1/query', [
    ['query', query],
    ['time', String(s)],
  ]);
  expect([code, error]).toEqual([200, undefined]);
});

const always = [
  ['-8999999999999', '8999999999999'],
  ['8e12', '8.5e12'],
  ['-292273086-05-16T16:47:06Z', '292277025-08-18T07:12:54.999999999Z'],
] as const;
const selected = [['match[]', '{__name__=~"x|traces_span_metrics_.*"}']] as const;

test.each([
  ['/api/v1/series', selected],
  ['/api/v1/labels', selected],
  ['/api/v1/labels', []],
  ['/api/v1/label/__name__/values', selected],
  ['/api/v1/label/__name__/values', []],
  ['/api/v1/label/job/values', []],
] as const)('%s of %j is answered for times beyond all times', async (path, match) => {
  for (const [start, end] of always) {
    const { code, error } = await program.ask('far', path, [...match, ['start', start], ['end', end]]);
    expect([start, code, error]).toEqual([start, 200, undefined]);
  }
});
