import type {
  Attributes,
  AttributeValue,
  Exception,
  Link,
  Span,
  SpanContext,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api';
import { nowMs } from '../core/clock.js';
import type { Recorder } from '../core/recorder.js';
import type { Scope } from '../core/scope.js';
import type { SpanDetail } from '../core/span-detail.js';
import type { SpanWriter } from '../otlp/span-writer.js';
import { spanContextOf } from './span-ids.js';
import {
  addLink,
  editEvent,
  monotonicMs,
  recordException,
  setAttribute,
  setAttributes,
  setStatus,
} from './span-editor.js';

export interface ApiSpanSpec {
  readonly recorder: Recorder;
  readonly spans: SpanWriter;
  readonly scope: Scope;
  readonly detail: SpanDetail;
  readonly parent: Scope | undefined;
  readonly name: string;
  /** As on the wire: 1 internal to 5 consumer. */
  readonly kind: number;
  readonly startMs: number;
}

/** A span that a user began by `tracer.startSpan`. It is written when it ends. */
export class ApiSpan implements Span {
  readonly scope: Scope;
  readonly #spec: ApiSpanSpec;
  readonly #detail: SpanDetail;
  #name: string;
  #ended = false;

  constructor(spec: ApiSpanSpec) {
    this.#spec = spec;
    this.#detail = spec.detail;
    this.scope = spec.scope;
    this.#name = spec.name;
  }

  spanContext(): SpanContext {
    return spanContextOf(this.scope);
  }

  setAttribute(key: string, value: AttributeValue): this {
    if (!this.#ended) setAttribute(this.#detail, key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    if (!this.#ended) setAttributes(this.#detail, attributes);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    if (!this.#ended) editEvent(this.#detail, this.#spec.recorder.clock, name, attributesOrTime, time);
    return this;
  }

  addLink(link: Link): this {
    if (!this.#ended) addLink(this.#detail, link);
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    if (!this.#ended) setStatus(this.#detail, status);
    return this;
  }

  updateName(name: string): this {
    if (!this.#ended) this.#name = String(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    if (!this.#ended) recordException(this.#detail, this.#spec.recorder.clock, exception, time);
  }

  end(endTime?: TimeInput): void {
    if (this.#ended) return;
    this.#ended = true;
    const { recorder, spans, parent, kind, startMs } = this.#spec;
    if (!this.scope.sampled) return;
    const endMs = Math.max(startMs, endTime === undefined ? nowMs() : monotonicMs(endTime, recorder.clock));
    const before = spans.out.length;
    try {
      const { scope } = this;
      const mark = spans.begin(scope, scope.s0, scope.s1, parent?.s0 ?? 0, parent?.s1 ?? 0, undefined, startMs, endMs);
      spans.out.text(0x2a, this.#name.slice(0, 1000));
      spans.out.byte(0x30);
      spans.out.byte(kind);
      spans.detail(this.#detail);
      spans.end(mark, this.#detail.status?.code ?? 0, this.#detail.status?.message ?? '');
    } catch {
      spans.cancel(before);
      recorder.fault('span.end');
      return;
    }
    recorder.written(spans);
  }

  isRecording(): boolean {
    return !this.#ended && this.scope.sampled;
  }
}
