import { beforeEach, expect, test } from 'vitest';
import { nowMs, WallClock } from '../core/clock.js';
import { Metrics } from '../core/metrics.js';
import { newTrace } from '../core/scope.js';
import { Shedding } from '../core/shedding.js';
import { spanKind, Templates } from '../core/templates.js';
import { LogWriter } from '../otlp/log-writer.js';
import { SpanWriter } from '../otlp/span-writer.js';
import { OwnBudget } from './own-budget.js';

let shedding: Shedding;
let metrics: Metrics;
let said: string[];
let budget: OwnBudget;
let atMs: number;

beforeEach(() => {
  shedding = new Shedding();
  metrics = new Metrics();
  said = [];
  budget = new OwnBudget({ cpuShare: 0.25, shedding, metrics, waitingBytes: () => 1234, say: line => said.push(line) });
  atMs = nowMs();
});

/** Seconds in each of which `ownMs` were worked. */
function seconds(count: number, ownMs: number): void {
  for (let i = 0; i < count; i++) {
    budget.worked(nowMs() - ownMs);
    atMs += 1000;
    budget.second(atMs);
  }
}

test('[A11] over its budget the SDK leaves out more and more, says so once, and comes back when there is room', () => {
  seconds(2, 400);
  expect(shedding.level).toBe(0);
  seconds(1, 400);
  expect(shedding.level).toBe(1);
  seconds(20, 400);
  expect(shedding.level).toBe(3);
  expect(said).toHaveLength(1);
  expect(said[0]).toContain('more than its budget of 25%');
  seconds(29, 50);
  expect(shedding.level).toBe(3);
  seconds(1, 50);
  expect(shedding.level).toBe(2);
  seconds(60, 50);
  expect([shedding.level, said.length]).toEqual([0, 1]);
});

test('a busy second now and then changes nothing, and without a budget nothing does', () => {
  for (let i = 0; i < 10; i++) {
    seconds(2, 900);
    seconds(1, 10);
  }
  expect(shedding.level).toBe(0);
  const free = new OwnBudget({ cpuShare: 0, shedding, metrics, waitingBytes: () => 0, say: line => said.push(line) });
  for (let i = 0; i < 10; i++) {
    free.worked(nowMs() - 5000);
    free.second(nowMs() + i);
  }
  expect(shedding.level).toBe(0);
});

test('[A11] its own time and what waits are metrics; one call in 64 stands for the others', () => {
  const timed = Array.from({ length: 128 }, () => budget.isTimed()).filter(Boolean);
  expect(timed).toHaveLength(2);
  budget.timed(nowMs() - 1);
  seconds(1, 100);
  shedding.spans = 7;
  metrics.observeAll(() => undefined);
  const value = (name: string): number =>
    [...(metrics.all.get(`@bellwether/node\n${name}`)?.points.values() ?? [])][0]?.value ?? -1;
  expect(value('bellwether.sdk.loop.time')).toBeGreaterThan(0.16);
  expect(value('bellwether.sdk.loop.budget')).toBe(0.25);
  expect(value('bellwether.sdk.memory.waiting')).toBe(1234);
  expect(value('bellwether.sdk.shed')).toBe(7);
});

test('[A11] what is left out: calls first, then lines below WARN, then nine of ten traces; what failed stays', () => {
  const metric = metrics.metric({ name: 'm', kind: 'histogram', unit: 's', description: '', scope: 's' });
  const spec = (kind: number) => ({ name: 'n', kind, attributes: {}, metric, metricAttributes: {} });
  const templates = new Templates();
  const [client, server] = [spanKind.client, spanKind.server].map(kind => templates.create(spec(kind), spec(kind)));
  const spans = new SpanWriter(new WallClock());
  const logs = new LogWriter(new WallClock());
  spans.shedding = shedding;
  logs.shedding = shedding;
  const scope = newTrace();
  const writeAll = (): readonly number[] => {
    const before = [spans.count, logs.count];
    for (const template of [client, server])
      for (const status of [0, 2]) spans.end(spans.begin(scope, 1, 2, 0, 0, template, 0, 1), status, '');
    const line = { unixMs: 0, severityText: '', body: 'b', attributes: {}, scope: undefined };
    for (const severity of [9, 13]) logs.write({ ...line, severity });
    logs.write({ ...line, severity: 9, eventName: 'app.startup' });
    return [spans.count - (before[0] ?? 0), logs.count - (before[1] ?? 0)];
  };
  expect(writeAll()).toEqual([4, 3]);
  shedding.level = 1;
  expect(writeAll()).toEqual([3, 3]);
  shedding.level = 2;
  expect(writeAll()).toEqual([3, 2]);
  shedding.level = 3;
  expect(writeAll()).toEqual([shedding.keepsTrace(scope.t3) ? 3 : 2, 2]);
  expect(shedding.spans).toBeGreaterThanOrEqual(3);
  expect(shedding.logs).toBe(2);
});
