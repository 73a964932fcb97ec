import { metrics, trace } from '@opentelemetry/api';
import type { Recorder } from '../core/recorder.js';
import { business } from '../user/business/business.js';
import { captureException } from '../user/capture-exception.js';

/** What was sent, for who looks it up. */
export interface SentOnes {
  readonly traceId: string;
  readonly service: string;
  readonly sinceUnixMs: number;
}

/** What is looked up by; each is a constant of ours, so that nobody's data can be meant. */
export const testTexts = {
  span: 'bellwether test',
  error: 'This is a test error of bellwether test; nothing is wrong.',
  log: 'This is a test line of bellwether test.',
  metric: 'bellwether.test.runs',
  event: 'bellwether.test',
} as const;

/** Records an error, a trace of two spans, a log line, a metric and a business event, by the ways that applications use. */
export function sendOneOfEach(recorder: Recorder): SentOnes {
  const sinceUnixMs = Date.now();
  metrics
    .getMeter('bellwether test')
    .createCounter(testTexts.metric, { unit: '{run}', description: 'Runs of bellwether test' })
    .add(1);
  const tracer = trace.getTracer('bellwether test');
  return tracer.startActiveSpan(testTexts.span, span => {
    tracer.startActiveSpan('one step of it', step => step.end());
    recorder.log({ severity: 9, severityText: 'INFO', body: testTexts.log, attributes: {} });
    captureException(new Error(testTexts.error));
    business.event(testTexts.event, { value: 1 });
    span.end();
    return { traceId: span.spanContext().traceId, service: recorder.config.service ?? 'bellwether-test', sinceUnixMs };
  });
}
