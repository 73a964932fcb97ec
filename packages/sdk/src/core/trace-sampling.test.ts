import { afterEach, expect, test } from 'vitest';
import { readConfig, type StartOptions } from '../config/config.js';
import { spansOf } from '../test-support/otlp.js';
import { setActiveRecorder } from './active-recorder.js';
import { Batches } from './batches.js';
import { Recorder } from './recorder.js';
import { childOf, newTrace, type Scope } from './scope.js';
import { spanKind } from './templates.js';
import { continueTrace, traceParent } from './trace-parent.js';
import { noShared } from './scope.js';

afterEach(() => setActiveRecorder(undefined));

function started(sampling: NonNullable<StartOptions['sampling']>): Recorder {
  const recorder = new Recorder(readConfig({ sampling }, {}), () => {});
  setActiveRecorder(recorder);
  return recorder;
}

function end(recorder: Recorder, scope: Scope, parent: Scope | undefined, status = 0): void {
  if (!scope.sampled) return;
  const { spans } = recorder;
  const mark = spans.begin(scope, scope.s0, scope.s1, parent?.s0 ?? 0, parent?.s1 ?? 0, undefined, 1, 2);
  spans.out.text(0x2a, 'work');
  spans.out.byte(0x30);
  spans.out.byte(spanKind.internal);
  spans.end(mark, status, '');
}

function written(recorder: Recorder) {
  return new Batches(recorder, {}, '0').take().flatMap(batch => (batch.signal === 'traces' ? spansOf(batch.body) : []));
}

/** How many spans a kept one stands for, out of its trace state. */
function weight(traceState: string): number {
  const threshold = /(?:^|,)ot=th:([\da-f]+)/.exec(traceState)?.[1] ?? '0';
  return 1 / (1 - Number.parseInt(threshold.padEnd(14, '0'), 16) / 16 ** 14);
}

test('[B5][W31] a tenth of what goes well is kept, all that fails; the weights add up to what there was', () => {
  const recorder = started(0.1);
  const failures = 400;
  const traces = 8000;
  for (let trace = 0; trace < traces; trace++) {
    const root = newTrace();
    end(recorder, childOf(root), root);
    end(recorder, root, undefined, trace < failures ? 2 : 0);
  }
  const kept = written(recorder);
  const failed = kept.filter(span => span.status === 2);
  expect(failed).toHaveLength(failures);
  expect(new Set(failed.map(span => weight(span.traceState)))).toEqual(new Set([1]));
  const sum = kept.reduce((all, span) => all + weight(span.traceState), 0);
  expect(sum / (2 * traces)).toBeGreaterThan(0.9);
  expect(sum / (2 * traces)).toBeLessThan(1.1);
  expect(kept.length).toBeLessThan(2 * (failures + 1000));
  const [out] = [...(recorder.metrics.all.get('@bellwether/node\nbellwether.sdk.sampled_out')?.points.values() ?? [])];
  expect(out?.value).toBe(2 * traces - kept.length);
});

test('[B5] a span that fails keeps those that ended before it and come after it', () => {
  const recorder = started(0);
  const root = newTrace();
  end(recorder, childOf(root), root);
  end(recorder, childOf(root), root, 2);
  end(recorder, root, undefined);
  end(recorder, childOf(root), root);
  expect(written(recorder).map(span => span.status)).toEqual([0, 2, 0, 0]);
});

test('[B5] services decide alike: who is called is told the decision, and an unsampled failure is kept where it happened', () => {
  const recorder = started(0);
  const root = newTrace();
  const header = traceParent(root, root.s0, root.s1);
  expect(header.endsWith('-00')).toBe(true);
  const called = continueTrace(header, '', noShared(), undefined);
  end(recorder, called, root, 2);
  end(recorder, root, undefined);
  expect(written(recorder).map(span => span.spanId)).toEqual([called.spanId]);
});

test('[B5] the same trace id is sampled by everybody who samples as much or more', () => {
  const some = started({ ratio: 0.3, keepErrorsAndSlow: false });
  const scopes = Array.from({ length: 500 }, () => newTrace());
  const more = started({ ratio: 0.6 });
  const sampled = scopes.filter(scope => scope.sampled);
  const missed = sampled.filter(({ t2, t3 }) => more.sampling?.begin(t2, t3, '', undefined).isSampled !== true);
  expect([sampled.length > 100, missed.length]).toEqual([true, 0]);
  expect(some.sampling).not.toBe(more.sampling);
});

test('[B5] what waits is bounded: the oldest traces are decided by their share alone', () => {
  const recorder = started(0);
  const roots = Array.from({ length: 200 }, () => newTrace());
  const { spans } = recorder;
  for (const root of roots) {
    const child = childOf(root);
    const mark = spans.begin(child, child.s0, child.s1, root.s0, root.s1, undefined, 1, 2);
    for (let part = 0; part < 40; part++) spans.attribute(`text${part}`, 'x'.repeat(2000));
    spans.end(mark, 0, '');
  }
  // 16 MB were recorded, 8 may wait: of those that were let go nothing is kept, although they fail in the end.
  for (const root of roots) end(recorder, root, undefined, 2);
  const kept = written(recorder);
  expect(kept.length).toBeLessThan(220);
  expect(kept.length).toBeGreaterThan(100);
});

test('without sampling nothing waits', () => {
  setActiveRecorder(new Recorder(readConfig({}, {}), () => {}));
  expect(newTrace().shared.held).toBeUndefined();
});
