import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import type { Batch } from '../decode/batch.js';
import { decode } from '../decode/decode.js';
import { addFarDays } from '../decode/item-days.js';
import { Refusal } from '../base/refusal.js';
import { DayGuard } from './day-guard.js';
import { tracesRequest } from './otlp-bytes.test-support.js';

const dayMs = 86_400_000;
const todayMs = 1_800_000_000_000;
let nowMs = todayMs;

const spansOf = (days: readonly number[]): Batch =>
  decode(
    'traces',
    'protobuf',
    tracesRequest(days.map(day => ({ spanId: randomBytes(8), startMs: day * dayMs + 3_600_000 }))),
  );
const range = (from: number, count: number): number[] => Array.from({ length: count }, (_, index) => from + index);
const today = Math.floor(todayMs / dayMs);

function refusal(guard: DayGuard, workspace: string, days: readonly number[]): number | undefined {
  try {
    guard.check(workspace, [spansOf(days)]);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal) || error.facts.reason !== 'too-many-days') throw error;
    return error.facts.status;
  }
}

function guard(
  limits = { perRequest: 10, perWindow: 15, perWindowOfAll: 20, perWorkspace: 30, windowMs: 1000 },
): DayGuard {
  nowMs = todayMs;
  return new DayGuard(() => nowMs, limits);
}

test('the days of items are read off them, also of the last that can be stored', () => {
  const days = new Set<number>();
  addFarDays(spansOf([1, 2, 2, 20_000, today, 60_000]), { fromMs: todayMs - dayMs, toMs: todayMs + dayMs }, days, 100);
  expect([...days]).toEqual([1, 2, 20_000, 60_000]);
});

test('data of around today is never counted', () => {
  const all = guard();
  for (let request = 0; request < 50; request++) expect(refusal(all, 'a', [today - 1, today, today])).toBeUndefined();
});

test('one request of too many days can never succeed; several are asked to come again', () => {
  const all = guard();
  expect(refusal(all, 'a', range(100, 11))).toBe(400);
  expect(refusal(all, 'a', range(100, 10))).toBeUndefined();
  expect(refusal(all, 'a', range(100, 10))).toBeUndefined();
  expect(refusal(all, 'a', range(200, 6))).toBe(429);
  expect(refusal(all, 'b', range(100, 10))).toBeUndefined();
  expect(refusal(all, 'c', [1])).toBe(429);
  nowMs += 1000;
  expect(refusal(all, 'c', [1])).toBeUndefined();
});

test('a workspace has so many days in all', () => {
  const all = guard();
  for (let request = 0; request < 3; request++) {
    expect(refusal(all, 'a', range(request * 10, 10))).toBeUndefined();
    nowMs += 1000;
  }
  expect(refusal(all, 'a', [5000])).toBe(400);
  expect(refusal(all, 'a', [5])).toBeUndefined();
  expect(refusal(all, 'b', [5000])).toBeUndefined();
});
