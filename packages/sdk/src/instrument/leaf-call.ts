import { nowMs } from '../core/clock.js';
import type { Attributes } from '@opentelemetry/api';
import { randomWord } from '../core/random-ids.js';
import type { Recorder } from '../core/recorder.js';
import { newTrace, scopes, type Scope } from '../core/scope.js';
import { observeDuration, type Template } from '../core/templates.js';
import { attributeKey, type SpanWriter } from '../otlp/span-writer.js';

/** A call of a library that is one span and has none below it: it never enters the AsyncLocalStorage. */
export interface LeafCall {
  readonly scope: Scope;
  readonly isRoot: boolean;
  /** The span's id; 0 until somebody asks for it. */
  s0: number;
  s1: number;
  readonly startMs: number;
}

const errorKey = attributeKey('error.type');

/** Begins a call in the active span's trace, or in one of its own. */
export function beginLeaf(): LeafCall {
  const active = scopes.getStore();
  return { scope: active ?? newTrace(), isRoot: active === undefined, s0: 0, s1: 0, startMs: nowMs() };
}

/**
 * Counts the call and writes its span. `failure` is '' or a word of few (an error's class or code); messages stay out, for they may quote values. `more` adds
 * attributes to the span.
 */
export function endLeaf(
  recorder: Recorder,
  call: LeafCall,
  template: Template,
  failure: string,
  more?: (spans: SpanWriter) => void,
): void {
  const endMs = nowMs();
  observeDuration(template, failure === '' ? 'ok' : failure, endMs - call.startMs, failureAttributes);
  const { scope, isRoot, startMs } = call;
  if (!scope.sampled) return;
  const { spans } = recorder;
  const before = spans.out.length;
  try {
    drawIds(call);
    const [p0, p1] = isRoot ? [0, 0] : [scope.s0, scope.s1];
    const start = spans.begin(scope, call.s0, call.s1, p0, p1, template, startMs, endMs);
    more?.(spans);
    if (failure !== '') spans.string(errorKey, failure);
    spans.end(start, failure === '' ? 0 : 2, failure);
  } catch (fault) {
    spans.cancel(before);
    throw fault;
  }
  recorder.written();
}

/** The attributes of the outcomes that `endLeaf` counts. */
export function failureAttributes(failure: string | number): Attributes {
  return failure === 'ok' ? {} : { 'error.type': String(failure) };
}

function drawIds(call: LeafCall): void {
  if (call.s0 !== 0) return;
  call.s0 = call.isRoot ? call.scope.s0 : randomWord();
  call.s1 = call.isRoot ? call.scope.s1 : randomWord();
}
