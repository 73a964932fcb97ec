import { afterEach, expect, test, vi } from 'vitest';
import { ApiFailure } from './api-client.js';
import { errorPlace, fetchMetadata, queryExemplars, queryInstant, queryRange } from './prometheus-client.js';

const { signal } = new AbortController();
const asked: { url: string; method: string; body: string }[] = [];

/** Another server's answer: the page is tested, not the server. */
function answers(body: unknown, status = 200): void {
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({
      url,
      method: init.method ?? 'GET',
      body: init.body instanceof URLSearchParams ? init.body.toString() : '',
    });
    return Promise.resolve(new Response(JSON.stringify(body), { status }));
  });
}

afterEach(() => {
  asked.length = 0;
  vi.unstubAllGlobals();
});

test('a matrix is read as times in ms and numbers, with the infinities and warnings', async () => {
  answers({
    status: 'success',
    data: {
      resultType: 'matrix',
      result: [
        {
          metric: { __name__: 'up', job: 'a' },
          values: [
            [1700000000.5, '1'],
            [1700000015.5, '+Inf'],
          ],
        },
      ],
    },
    warnings: ['careful'],
  });
  const result = await queryRange(
    { expr: 'up', fromMs: 1_700_000_000_000, toMs: 1_700_000_060_000, stepMs: 15_000 },
    signal,
  );
  expect(asked[0]?.url).toBe('/api/v1/query_range?query=up&start=1700000000&end=1700000060&step=15');
  expect(result.series[0]).toMatchObject({
    labels: { __name__: 'up', job: 'a' },
    timesMs: [1_700_000_000_500, 1_700_000_015_500],
    values: [1, Infinity],
  });
  expect(result.warnings).toEqual(['careful']);
});

test('a long query goes into the body', async () => {
  answers({ status: 'success', data: { resultType: 'scalar', result: [1, '42'] } });
  const result = await queryInstant(`1 + ${'0 + '.repeat(1000)}0`, 1000, signal);
  expect([asked[0]?.url, asked[0]?.method, result.series[0]?.values]).toEqual(['/api/v1/query', 'POST', [42]]);
  expect(asked[0]?.body).toContain('time=1');
});

test('an error says what the server said and where in the query', async () => {
  answers({ status: 'error', errorType: 'bad_data', error: '1:9: parse error: unexpected identifier "bytes"' }, 400);
  const failure = await queryInstant('sum(up) bytes', 0, signal).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(ApiFailure);
  expect(failure).toMatchObject({ code: 'bad_data', status: 400, position: { from: 8, to: 13 } });
});

test('the place of an error counts lines', () => {
  expect(errorPlace('invalid parameter "query": 2:3: parse error: no', 'sum(\n  up')).toEqual({ from: 7, to: 9 });
  expect(errorPlace('too many samples', 'up')).toBeUndefined();
});

test('exemplars keep the labels of their trace', async () => {
  answers({
    status: 'success',
    data: [
      {
        seriesLabels: { service_name: 'checkout' },
        exemplars: [{ labels: { trace_id: '662e41' }, value: '0.25', timestamp: 12.5 }],
      },
    ],
  });
  const found = await queryExemplars({ expr: 'x', fromMs: 0, toMs: 1 }, signal);
  expect(found).toEqual([
    { seriesLabels: { service_name: 'checkout' }, labels: { trace_id: '662e41' }, timeMs: 12_500, value: 0.25 },
  ]);
});

test('metadata may hold a metric of any name', async () => {
  answers({
    status: 'success',
    data: JSON.parse(
      '{"__proto__":[{"type":"gauge","help":"odd","unit":""}],"up":[{"type":"gauge","help":"Up.","unit":""}]}',
    ),
  });
  expect([...(await fetchMetadata(signal)).keys()]).toEqual(['__proto__', 'up']);
});
