import { expect, test } from 'vitest';
import { runScript } from './run-script.js';

const { signal } = new AbortController();

/** The problems of a script with one `load` and one `eval`. */
async function problems(...evaluation: readonly string[]): Promise<readonly string[]> {
  const load = ['load 1m', '  a{z="x"} 1 2 3', '  h {{schema:0 count:3 sum:4 buckets:[1 2]}}x2', ''];
  const { failures } = await runScript([...load, ...evaluation].join('\n'), {}, signal);
  return failures.map(({ line, problem }) => `${line}: ${problem}`);
}

test('what comes out otherwise than a script says is told with its line', async () => {
  expect(await problems('eval instant at 1m a', '  a{z="x"} 2')).toEqual([]);
  expect(await problems('eval instant at 1m a', '  a{z="x"} 2.1')).toEqual([
    '5: {__name__="a", z="x"} at place 0: expected 2.1, got 2',
  ]);
  expect(await problems('eval instant at 1m a')).toEqual(['5: {__name__="a", z="x"} is not expected']);
  expect(await problems('eval instant at 1m b', '  b 1')).toEqual(['5: {__name__="b"} is missing']);
  expect(await problems('eval range from 0 to 2m step 1m a', '  a{z="x"} 1 _ 3')).toEqual([
    '5: {__name__="a", z="x"} has a sample at place 1',
  ]);
  expect(await problems('eval range from 0 to 3m step 1m a', '  a{z="x"} 1 2 3')).toEqual([
    '5: {__name__="a", z="x"} has 4 samples instead of 3',
  ]);
  expect(await problems('eval instant at 1m sum(a) == scalar(a)', '  3')).toEqual([
    '5: expected a scalar, got a vector',
  ]);
  expect(await problems('eval instant at 1m "x"', '  expect string "y"')).toEqual(['5: expected "y", got "x"']);
});

test('failures and annotations are compared', async () => {
  expect(await problems('eval instant at 1m a +', '  expect fail')).toEqual([]);
  expect(await problems('eval instant at 1m a', '  expect fail')).toEqual(['5: was expected to fail']);
  expect(await problems('eval instant at 1m a + on () group_left () (a or h)', '  {z="x"} 1')).toEqual([
    expect.stringContaining('5: failed: found duplicate series for the match group {}'),
  ]);
  expect(await problems('eval instant at 1m max(h)', '  expect no_info')).toEqual([
    '5: a info: PromQL info: ignored histogram in max aggregation',
  ]);
  expect(
    await problems('eval instant at 1m max(h)', '  expect info msg: PromQL info: ignored histogram in max aggregation'),
  ).toEqual([]);
  expect(await problems('eval instant at 1m max(h)', '  expect warn')).toEqual(['5: no warn as expected, only []']);
});

test('histograms are compared but for rounding, and their hints where the script names one', async () => {
  expect(await problems('eval instant at 1m h', '  h {{schema:0 count:3 sum:4 buckets:[1 2 0]}}')).toEqual([]);
  expect(await problems('eval instant at 1m h', '  h {{schema:0 count:3 sum:4 buckets:[2 1]}}')).toEqual([
    expect.stringContaining('5: {__name__="h"} at place 0: expected {{'),
  ]);
  expect(
    await problems('eval instant at 1m h', '  h {{schema:0 count:3 sum:4 buckets:[1 2] counter_reset_hint:gauge}}'),
  ).toHaveLength(1);
});
