import { expect, test } from 'vitest';
import { type FlameFrame, type FlameSpan, mergeTraces } from './merge-traces.js';

const span = (
  traceId: string,
  id: string,
  parentId: string,
  name: string,
  startUs: number,
  durationUs: number,
): FlameSpan => {
  return { traceId, id, parentId, service: 'shop', name, startUs, durationUs, isError: name === 'failed' };
};

const drawn = (roots: ReadonlyMap<string, FlameFrame>, depth = 0): readonly string[] =>
  [...roots.values()].flatMap(frame => [
    `${'  '.repeat(depth)}${frame.name} ${frame.count} ${frame.totalUs} ${frame.selfUs}`,
    ...drawn(frame.children, depth + 1),
  ]);

test('[B6] traces are put upon each other by path; the own time of a span is what no child of it covers, also when they run side by side', () => {
  const { roots, isCut } = mergeTraces([
    span('1', 'a', '', 'GET /', 0, 100),
    span('1', 'b', 'a', 'query', 10, 30),
    span('1', 'c', 'a', 'query', 20, 30),
    span('2', 'a', '', 'GET /', 0, 50),
    span('2', 'b', 'a', 'query', 40, 30),
    span('2', 'x', 'lost', 'failed', 0, 5),
  ]);
  expect(drawn(roots)).toEqual(['failed 1 5 5', 'GET / 2 150 100', '  query 3 90 90']);
  expect([...roots.values()].map(frame => frame.errors)).toEqual([1, 0]);
  expect(isCut).toBe(false);
});

test('more paths than can be told apart, and rings of parents, end', () => {
  const many = Array.from({ length: 6000 }, (_, i) => span('1', String(i), '', `op ${i}`, 0, 1));
  expect(mergeTraces(many)).toMatchObject({ isCut: true });
  const deep = Array.from({ length: 300 }, (_, i) => span('1', String(i), i === 0 ? '' : String(i - 1), 'call', 0, 1));
  expect(mergeTraces(deep).isCut).toBe(true);
  expect(mergeTraces([span('1', 'a', 'b', 'x', 0, 1), span('1', 'b', 'a', 'y', 0, 1)]).roots.size).toBe(0);
});
