import { expect, test } from 'vitest';
import { parseExpr } from '../parse/parse-expr.js';
import { selectsOf } from './evaluate.js';
import { instantSteps, rangeSteps } from './grid.js';
import type { EvaluateOptions } from './options.js';

const minuteMs = 60_000;

/** What is asked for, as `from–to matchers` in seconds. */
function asked(text: string, steps = instantSteps(100 * minuteMs), options: EvaluateOptions = {}): readonly string[] {
  const expr = parseExpr(text, { experimentalFunctions: true, durationExpressions: true });
  return selectsOf(expr, steps, options).map(({ matchers, startMs, endMs }) => {
    const all = matchers.map(({ name, op, value }) => `${name}${op}${value}`);
    return `${startMs / 1000} to ${endMs / 1000} ${all.join(' ')}`;
  });
}

function hint(text: string): unknown {
  return selectsOf(parseExpr(text), instantSteps(0)).map(one => one.hint);
}

test('a selector needs its lookback, a range what is in it; what lies at the open start is not asked for', () => {
  expect(asked('up')).toEqual(['5700.001 to 6000 __name__=up']);
  expect(asked('rate(up[2m])')).toEqual(['5880.001 to 6000 __name__=up']);
  expect(asked('up', instantSteps(6_000_000), { lookbackMs: 1000 })).toEqual(['5999.001 to 6000 __name__=up']);
  expect(asked('rate(up[2m])', instantSteps(6_000_000), { prometheus2: true })).toEqual(['5880 to 6000 __name__=up']);
  expect(asked('rate(up[2m])', rangeSteps(6_000_000, 6_650_000, minuteMs))).toEqual(['5880.001 to 6600 __name__=up']);
});

test('offsets and fixed times move what is asked for; start() and end() are those of the query', () => {
  const steps = rangeSteps(6_000_000, 6_600_000, minuteMs);
  expect(asked('up offset 10m', steps)).toEqual(['5100.001 to 6000 __name__=up']);
  expect(asked('up offset -10m', steps)).toEqual(['6300.001 to 7200 __name__=up']);
  expect(asked('up @ 1000', steps)).toEqual(['700.001 to 1000 __name__=up']);
  expect(asked('rate(up[1m] @ end() offset 1m)', steps)).toEqual(['6480.001 to 6540 __name__=up']);
  expect(asked('max_over_time(rate(up[1m] @ start())[5m:1m])', steps)).toEqual(['5940.001 to 6000 __name__=up']);
});

test('a subquery asks for multiples of its step, and what is in it for what it needs at those', () => {
  expect(asked('max_over_time(up[10m:7m])')).toEqual(['5160.001 to 5880 __name__=up']);
  expect(asked('max_over_time(rate(up[1m])[10m:3m] offset 2m)')).toEqual(['5340.001 to 5760 __name__=up']);
  expect(asked('sum_over_time(max_over_time(up[5m:1m])[10m:1m])')).toEqual(['4920.001 to 6000 __name__=up']);
  expect(asked('max_over_time(up[10m:] @ 600)')).toEqual(['-239.999 to 600 __name__=up']);
});

test('the same selector at the same times is asked for once', () => {
  expect(asked('sum(up) / count(up)')).toEqual(['5700.001 to 6000 __name__=up']);
  expect(asked('rate(up[5m]) + up{job="a"} + rate(up[5m])')).toEqual([
    '5700.001 to 6000 __name__=up',
    '5700.001 to 6000 job=a __name__=up',
  ]);
  expect(hint('sum(up)')).toEqual([{ func: 'sum', rangeMs: undefined, stepMs: 0 }]);
  expect(hint('sum(up) / max(up)')).toEqual([{ func: undefined, rangeMs: undefined, stepMs: 0 }]);
  expect(hint('rate(up[5m])')).toEqual([{ func: 'rate', rangeMs: 300_000, stepMs: 0 }]);
});

test('info asks for its info series as well', () => {
  expect(asked('info(up offset 1m)')).toEqual([
    '5640.001 to 5940 __name__=up',
    '5640.001 to 5940 __name__=target_info',
  ]);
  expect(asked('info(up, {__name__=~"build_.*", version=~".+"})')).toEqual([
    '5700.001 to 6000 __name__=up',
    '5700.001 to 6000 __name__=~build_.* version=~.+',
  ]);
});
