import { expect, test } from 'vitest';
import { runScript } from '../test-language/run-script.js';

/** The problems that a script of these blocks finds. */
async function problems(...blocks: readonly (readonly string[])[]): Promise<readonly string[]> {
  const { failures } = await runScript(
    blocks.map(block => block.join('\n')).join('\n\n'),
    {},
    new AbortController().signal,
  );
  return failures.map(({ line, problem }) => `${line}: ${problem}`);
}

test('[W13] quantiles come of the durations of all instances together, where an average of averages hides the slow one', async () => {
  // 90 requests of 0.1 s at one instance, 10 of 4 s at another.
  const load = [
    'load 1m',
    '  took{host="a"} {{schema:0 count:0 sum:0}} {{schema:0 count:90 sum:9 offset:-3 buckets:[90]}}',
    '  took{host="b"} {{schema:0 count:0 sum:0}} {{schema:0 count:10 sum:40 offset:2 buckets:[10]}}',
  ];
  expect(
    await problems(
      load,
      ['eval instant at 1m histogram_fraction(0, 0.5, sum(took))', '  {} 0.9'],
      ['eval instant at 1m histogram_avg(sum(took))', '  {} 0.49'],
      ['eval instant at 1m histogram_quantile(0.95, sum(took)) > bool 2', '  {} 1'],
    ),
  ).toEqual([]);
});

test('[W41] [C2] the p95 of an exponential histogram is within its narrow bucket, where the classic one lies between 1 s and 2.5 s', async () => {
  // All 100 requests took 1.2 s. Schema 3: (1.189, 1.297] is bucket 3.
  expect(
    await problems(
      [
        'load 1m',
        '  exact {{schema:3 count:100 sum:120 offset:3 buckets:[100]}}',
        '  classic_bucket{le="1"} 0',
        '  classic_bucket{le="2.5"} 100',
        '  classic_bucket{le="+Inf"} 100',
      ],
      ['eval instant at 0 abs(histogram_quantile(0.95, exact) - 1.2) < bool 0.1', '  {} 1'],
      ['eval instant at 0 histogram_quantile(0.95, classic_bucket)', '  {} 2.425'],
    ),
  ).toEqual([]);
});

test('[C4] [W14] a share of errors is judged by route and only where there is traffic: no NaN at rest, no alarm over one of one', async () => {
  const load = [
    'load 1m',
    // 1,000 requests a minute, 1 in 1,000 fails.
    '  requests{route="/big",status="200"} 0+999x60',
    '  requests{route="/big",status="500"} 0+1x60',
    // 60 a minute, half of them fail: hidden in the sum of all.
    '  requests{route="/bad",status="200"} 0+30x60',
    '  requests{route="/bad",status="500"} 0+30x60',
    // One request in the whole hour, and it failed.
    '  requests{route="/rare",status="500"} 0x55 1x5',
    // None at all.
    '  requests{route="/idle",status="200"} 0x60',
    '  requests{route="/idle",status="500"} 0x60',
  ];
  const failed = 'sum by (route) (increase(requests{status=~"5.."}[10m]))';
  const all = 'sum by (route) (increase(requests[10m]))';
  expect(
    await problems(
      load,
      // The naive rule: blind to the bad route when summed, loud about one of one and undecided at rest.
      ['eval instant at 60m sum(rate(requests{status=~"5.."}[10m])) / sum(rate(requests[10m])) > 0.05'],
      [
        `eval instant at 60m ${failed} / ${all}`,
        '  {route="/big"} 0.001',
        '  {route="/bad"} 0.5',
        '  {route="/rare"} 1',
        '  {route="/idle"} NaN',
      ],
      // By route, with a least number of requests: the bad one alone.
      [`eval instant at 60m (${failed} / ${all} > 0.05) and ${all} >= 20`, '  {route="/bad"} 0.5'],
      // Two windows: it burns now and has burned for an hour (14.4 times a budget of 0.1%).
      [
        `eval instant at 60m (${failed} / ${all} > 0.0144) and on (route) (sum by (route) (increase(requests{status=~"5.."}[1h])) / sum by (route) (increase(requests[1h])) > 0.0144) and ${all} >= 20`,
        '  {route="/bad"} 0.5',
      ],
    ),
  ).toEqual([]);
});
