import type { Attributes } from '@opentelemetry/api';
import { randomWord } from '../core/random-ids.js';
import type { Scope } from '../core/scope.js';
import { spanKind } from '../core/templates.js';
import { type Stall, StallWatcher } from '../stalls/stall-watcher.js';
import type { Instrumentation } from './instrumentation.js';

/** Each is in the histogram; a loop that stands still all the time is told of only so often. */
const maxToldPerMinute = 20;

/** Times that the event loop stood still, with the place where and the request that was in progress. */
export const eventLoopStalls: Instrumentation = {
  name: 'event-loop-stalls',
  via: 'diagnostics channel',
  attach(tools) {
    const { recorder } = tools;
    const { stallMs } = recorder.config;
    if (stallMs === 0) return;
    const metric = recorder.metrics.metric({
      name: 'nodejs.eventloop.stall.duration',
      kind: 'histogram',
      unit: 's',
      description: 'Times that the event loop stood still',
      scope: '@bellwether/node',
    });
    const durations = metric.point({});
    const spec = {
      name: 'nodejs.eventloop.stall',
      kind: spanKind.internal,
      attributes: {},
      metric,
      metricAttributes: {},
    } as const;
    const template = recorder.templates.create(spec, spec);
    let minuteMs = 0;
    let told = 0;
    const watcher = new StallWatcher({
      thresholdMs: stallMs,
      stalled(stall) {
        durations.histogram?.record(stall.durationMs / 1000);
        if (stall.endMs - minuteMs >= 60_000) [minuteMs, told] = [stall.endMs, 0];
        if (told++ < maxToldPerMinute) tell(stall);
      },
      failed: () => recorder.fault('watching the event loop'),
    });
    tools.undo(() => watcher.stop());
    tools.seen(process.versions.node);

    function tell({ durationMs, endMs, samples }: Stall): void {
      const startMs = endMs - durationMs;
      const sample = samples.find(({ frames }) => frames.length > 0);
      const own = sample?.frames.find(({ isOwn }) => isOwn) ?? sample?.frames[0];
      const scope = samples.find(each => each.scope !== undefined)?.scope;
      const attributes = {
        'nodejs.eventloop.stall.duration_ms': Math.round(durationMs),
        ...(sample === undefined
          ? {}
          : { 'code.stacktrace': sample.frames.map(({ text }) => `    at ${text}`).join('\n') }),
        ...(own?.function === undefined ? {} : { 'code.function.name': own.function }),
        ...(own?.place === undefined ? {} : { 'code.file.path': own.place.file, 'code.line.number': own.place.line }),
      };
      const where = own === undefined ? '' : ` in ${own.text}`;
      if (scope?.hasSpan === true && scope.sampled) tellSpan(scope, startMs, endMs, attributes);
      recorder.log({
        severity: 13,
        severityText: 'WARN',
        body: `the event loop stood still for ${Math.round(durationMs)} ms${where}`,
        attributes,
        unixMs: recorder.logs.unixMs(startMs),
        scope,
        eventName: 'nodejs.eventloop.stall',
      });
    }

    /** A span of its own: the request that stopped the loop has often ended before anybody could know. */
    function tellSpan(scope: Scope, startMs: number, endMs: number, attributes: Attributes): void {
      const { spans } = recorder;
      const before = spans.out.length;
      try {
        const start = spans.begin(scope, randomWord(), randomWord(), scope.s0, scope.s1, template, startMs, endMs);
        for (const [key, value] of Object.entries(attributes)) spans.attribute(key, value);
        spans.end(start, 0, '');
      } catch (fault) {
        spans.cancel(before);
        throw fault;
      }
      recorder.written();
    }
  },
};
