import { nowMs } from '../core/clock.js';
import { foreignParent } from '../core/foreign-parent.js';
import { hexWord } from '../core/random-ids.js';
import type { Recorder } from '../core/recorder.js';
import { childOf, newTrace, noShared, type Scope, scopes } from '../core/scope.js';
import { noDetail, type SpanDetail } from '../core/span-detail.js';
import { observeDuration, type Template } from '../core/templates.js';
import { tenantFromBaggage } from '../core/tenant.js';
import { continueTrace, isTraceParent } from '../core/trace-parent.js';
import { attributeKey, type SpanWriter } from '../otlp/span-writer.js';
import { failureAttributes } from './leaf-call.js';

/** A piece of work that the application's own functions do, with other spans below it: its scope is active while they run. */
export interface WorkSpan {
  readonly scope: Scope;
  readonly detail: SpanDetail;
  readonly parent0: number;
  readonly parent1: number;
  readonly startMs: number;
  isOver: boolean;
}

const errorKey = attributeKey('error.type');

/** Work under the active span, or in a trace of its own. */
export function beginWork(): WorkSpan {
  const active = scopes.getStore();
  const detail = noDetail();
  const scope = active === undefined ? newTrace(detail) : childOf(active, detail);
  const [parent0, parent1] = active === undefined ? [0, 0] : [active.s0, active.s1];
  return { scope, detail, parent0, parent1, startMs: nowMs(), isOver: false };
}

/** Work that came from elsewhere, with a caller's headers. What is said in it stays its own. */
export function beginReceivedWork(header: (name: string) => string | undefined): WorkSpan {
  const detail = noDetail();
  const shared = noShared();
  shared.entry = detail;
  const own = header('traceparent');
  const parent = own !== undefined && isTraceParent(own) ? own : foreignParent(header);
  const startMs = nowMs();
  if (parent === undefined) {
    return { scope: newTrace(detail, shared), detail, parent0: 0, parent1: 0, startMs, isOver: false };
  }
  const scope = continueTrace(parent, (header('tracestate') ?? '').slice(0, 512), shared, detail);
  const baggage = header('baggage');
  if (baggage !== undefined) tenantFromBaggage(scope.shared, baggage);
  return { scope, detail, parent0: hexWord(parent, 36), parent1: hexWord(parent, 44), startMs, isOver: false };
}

/** How work ended: `failure` is '' or a word of few. */
export interface WorkEnd {
  readonly failure: string;
  /** What was thrown, for an `exception` event. */
  readonly error?: unknown;
  /** The id under which the error was reported. */
  readonly reported?: string | undefined;
  readonly more?: (spans: SpanWriter) => void;
}

/** Counts the work and writes its span, once. */
export function endWork(recorder: Recorder, work: WorkSpan, template: Template, end: WorkEnd): void {
  if (work.isOver) return;
  work.isOver = true;
  const { scope, detail, parent0, parent1, startMs } = work;
  const { failure, error, reported, more } = end;
  const endMs = nowMs();
  observeDuration(template, failure === '' ? 'ok' : failure, endMs - startMs, failureAttributes);
  if (!scope.sampled) return;
  const { spans } = recorder;
  const before = spans.out.length;
  try {
    const start = spans.begin(scope, scope.s0, scope.s1, parent0, parent1, template, startMs, endMs);
    more?.(spans);
    if (failure !== '') spans.string(errorKey, failure);
    if (error !== undefined) spans.exception(error, endMs, reported);
    spans.detail(detail);
    const code = detail.status?.code ?? (failure === '' ? 0 : 2);
    spans.end(start, code, code === 2 ? (detail.status?.message ?? '') : '');
  } catch (fault) {
    spans.cancel(before);
    throw fault;
  }
  recorder.written();
}
