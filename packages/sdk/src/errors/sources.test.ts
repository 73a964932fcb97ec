import { expect, test } from 'vitest';
import { Sources } from './sources.js';
import type { StackFrame } from './stack.js';

const own: StackFrame = {
  text: `here (${import.meta.filename}:1:1)`,
  function: 'here',
  place: { file: import.meta.filename, line: 1, column: 1 },
  isOwn: true,
};
const foreign: StackFrame = { ...own, isOwn: false, place: { file: '/srv/node_modules/a.js', line: 1, column: 1 } };

test('only own frames are looked up, each place once', () => {
  const sources = new Sources(true, () => {});
  expect([sources.missing([foreign]), sources.missing([foreign, own])]).toEqual([false, true]);
  sources.loadNow([foreign, own]);
  expect(sources.of(own)?.lines?.at).toContain("from 'vitest'");
  expect([sources.missing([own]), sources.of(foreign)]).toEqual([false, undefined]);
});

test('switched off, nothing is looked up', () => {
  expect(new Sources(false, () => {}).missing([own])).toBe(false);
});

test('where the thread cannot run, who waits goes on without, it is told once, and nobody asks again', async () => {
  let failures = 0;
  // Here its file is not compiled, so the thread ends with an error as soon as it starts.
  const sources = new Sources(true, () => failures++);
  await Promise.all([sources.load([own]), sources.load([own])]);
  expect([failures, sources.missing([own]), sources.of(own)]).toEqual([1, false, undefined]);
});
