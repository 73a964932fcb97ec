import { expect, test } from 'vitest';
import { brokenRun, countTests, worthAnotherRun } from './test-counts.mjs';

const bad = (file: number) => ({ file: `/${file}.test.ts`, passed: 0, failed: 1, skipped: 0, failures: ['x'] });
const one = (fullName: string, status: string) => ({ fullName, status });

test('tests are counted by file, and those that failed are named', () => {
  const report = {
    testResults: [
      { name: '/a.test.ts', status: 'passed', assertionResults: [one('a', 'passed'), one('b', 'pending')] },
      { name: '/b.test.ts', status: 'failed', assertionResults: [one('c', 'failed'), one('d', 'passed')] },
    ],
  };
  expect(countTests(report)).toEqual([
    { file: '/a.test.ts', passed: 1, failed: 0, skipped: 1, failures: [] },
    { file: '/b.test.ts', passed: 1, failed: 1, skipped: 0, failures: ['c'] },
  ]);
});

test('a file that breaks before its tests, or whose tests were never begun, is one failure', () => {
  const report = {
    testResults: [
      { name: '/a.test.ts', status: 'failed', assertionResults: [] },
      { name: '/b.test.ts', status: 'failed', assertionResults: [one('c', 'skipped')] },
    ],
  };
  expect(countTests(report).map(({ failed, skipped }) => [failed, skipped])).toEqual([
    [1, 0],
    [1, 1],
  ]);
});

test('a few files that failed are worth another run, many are not', () => {
  const good = { ...bad(0), failed: 0, failures: [] };
  expect(worthAnotherRun([good])).toEqual([]);
  expect(worthAnotherRun([good, bad(1), bad(2)])).toEqual([bad(1), bad(2)]);
  expect(worthAnotherRun([1, 2, 3, 4, 5, 6].map(bad))).toEqual([]);
  expect(worthAnotherRun([bad(1), brokenRun])).toEqual([]);
});
