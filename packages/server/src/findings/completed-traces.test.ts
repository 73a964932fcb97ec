import { expect, test } from 'vitest';
import { type ArrivedTrace, CompletedTraces } from './completed-traces.js';

const trace = (n: number, workspace = 'default'): ArrivedTrace => ({
  workspace,
  traceId: String(n),
  fromMs: n,
  toMs: n + 1,
});
const ids = (traces: readonly ArrivedTrace[]): readonly string[] => traces.map(({ traceId }) => traceId);

test('a trace is given out once it is quiet, whole, and again when more of it comes', () => {
  const completed = new CompletedTraces();
  completed.arrived([trace(1)], 0);
  completed.arrived([{ ...trace(1), fromMs: 0, toMs: 9 }], 2000);
  expect(completed.take(3000, 10).traces).toEqual([]);
  expect(completed.take(5000, 10)).toEqual({ traces: [{ ...trace(1), fromMs: 0, toMs: 9 }], share: 1 });
  expect(completed.take(9000, 10).traces).toEqual([]);
  completed.arrived([trace(1)], 10_000);
  expect(ids(completed.take(13_000, 10).traces)).toEqual(['1']);
});

test('a trace that never rests is looked at after a minute', () => {
  const completed = new CompletedTraces();
  for (let ms = 0; ms <= 62_000; ms += 1000) completed.arrived([trace(1)], ms);
  expect(ids(completed.take(63_400, 10).traces)).toEqual(['1']);
});

test('traces of one workspace are given out at a time, and of too many every n-th, which stands for the others', () => {
  const completed = new CompletedTraces();
  completed.arrived([trace(1), trace(2, 'other'), trace(3)], 0);
  expect(ids(completed.take(5000, 10).traces)).toEqual(['1', '3']);
  expect(ids(completed.take(5000, 10).traces)).toEqual(['2']);
  completed.arrived(
    Array.from({ length: 100 }, (_, n) => trace(n)),
    10_000,
  );
  const { traces, share } = completed.take(15_000, 10);
  expect([traces.length, share, completed.waiting]).toEqual([10, 0.1, 0]);
});

test('memory is bounded: what is too much is left out, and those that are given out stand for it', () => {
  const completed = new CompletedTraces();
  completed.arrived(
    Array.from({ length: 30_000 }, (_, n) => trace(n)),
    0,
  );
  expect(completed.waiting).toBe(20_000);
  expect(completed.take(5000, 200)).toMatchObject({ traces: { length: 200 }, share: 200 / 30_000 });
  expect(completed.waiting).toBe(0);
});

test('a workspace that floods leaves room for the others', () => {
  const completed = new CompletedTraces();
  const flood = Array.from({ length: 30_000 }, (_, n) => trace(n, 'flood'));
  completed.arrived(flood, 0);
  completed.arrived([trace(1, 'small'), trace(2, 'small')], 0);
  completed.arrived(flood, 100);
  expect(completed.take(5000, 200).traces[0]?.workspace).toBe('small');
  expect(completed.take(5000, 200).traces).toHaveLength(200);
  for (let n = 0; n < 30_000; n++) completed.arrived([trace(n, `w${n}`)], 6000);
  expect(completed.waiting).toBeLessThanOrEqual(100_000);
});
