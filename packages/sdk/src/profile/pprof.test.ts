import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readPprof } from '../test-support/pprof.js';
import { encodePprof, type ProfiledCall } from './pprof.js';
import { cpuContent } from './v8-profile.js';

const call = (name: string, line: number): ProfiledCall => ({ function: name, file: '/app/a.js', startLine: 1, line });

const frame = (functionName: string): object => ({
  functionName,
  scriptId: '1',
  url: 'file:///app/a.js',
  lineNumber: 0,
  columnNumber: 0,
});

test('[B6] what is written as pprof is read back by another hand', () => {
  const bytes = encodePprof({
    valueTypes: [
      { type: 'samples', unit: 'count' },
      { type: 'cpu', unit: 'nanoseconds' },
    ],
    period: { type: 'cpu', unit: 'nanoseconds', value: 10_000_000 },
    startUnixMs: 1_760_000_000_000,
    durationMs: 10_000,
    samples: [
      { stack: [call('inner', 7), call('outer', 20)], values: [3, 30_000_000], labels: { trace_id: 'ab'.repeat(16) } },
      { stack: [call('outer', 21)], values: [1, 10_000_000], labels: {} },
    ],
  });
  expect(readPprof(gzipSync(bytes))).toEqual({
    valueTypes: ['samples/count', 'cpu/nanoseconds'],
    periodType: 'cpu',
    durationNs: 10_000_000_000,
    samples: [
      {
        stack: ['inner /app/a.js:7', 'outer /app/a.js:20'],
        values: [3, 30_000_000],
        labels: { trace_id: 'ab'.repeat(16) },
      },
      { stack: ['outer /app/a.js:21'], values: [1, 10_000_000], labels: {} },
    ],
  });
});

test("[B6] V8's samples are given to the trace of their time, and idle time to nobody", () => {
  const profile = {
    nodes: [
      { id: 1, callFrame: frame('(root)'), children: [2, 3] },
      {
        id: 2,
        callFrame: frame('handle'),
        children: [],
        positionTicks: [
          { line: 9, ticks: 2 },
          { line: 4, ticks: 1 },
        ],
      },
      { id: 3, callFrame: frame('(idle)'), children: [] },
    ],
    startTime: 1_000_000,
    endTime: 1_050_000,
    samples: [2, 2, 3, 2],
    timeDeltas: [0, 10_000, 10_000, 10_000],
  };
  const content = cpuContent(
    // As V8 gives it, less what we do not read.
    profile as Parameters<typeof cpuContent>[0],
    atMs => (atMs < 515 ? { traceId: 'early', spanId: 'entry', route: '/a' } : undefined),
    { startUnixMs: 0, durationMs: 50 },
    500_000,
  );
  expect(
    content.samples.map(({ stack, values, labels }) => [
      stack.map(each => `${each.function}:${each.line}`),
      values,
      labels,
    ]),
  ).toEqual([
    [['handle:9'], [2, 20_000_000], { trace_id: 'early', span_id: 'entry', 'http.route': '/a' }],
    [['handle:9'], [1, 0], {}],
  ]);
});
