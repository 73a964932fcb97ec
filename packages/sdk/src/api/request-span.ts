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
import { WallClock } from '../core/clock.js';
import type { Scope } from '../core/scope.js';
import type { SpanDetail } from '../core/span-detail.js';
import { spanContextOf } from './span-ids.js';
import { addLink, editEvent, recordException, setAttribute, setAttributes, setStatus } from './span-editor.js';

const clock = new WallClock();

/**
 * A span that we began and will end, such as a request's, as users see it by `trace.getActiveSpan()`. It can be added to; it is not theirs to end.
 */
export class RequestSpan implements Span {
  readonly scope: Scope;
  readonly #detail: SpanDetail;

  constructor(scope: Scope, detail: SpanDetail) {
    this.scope = scope;
    this.#detail = detail;
  }

  spanContext(): SpanContext {
    return spanContextOf(this.scope);
  }

  setAttribute(key: string, value: AttributeValue): this {
    setAttribute(this.#detail, key, value);
    return this;
  }

  setAttributes(attributes: Attributes): this {
    setAttributes(this.#detail, attributes);
    return this;
  }

  addEvent(name: string, attributesOrTime?: Attributes | TimeInput, time?: TimeInput): this {
    editEvent(this.#detail, clock, name, attributesOrTime, time);
    return this;
  }

  addLink(link: Link): this {
    addLink(this.#detail, link);
    return this;
  }

  addLinks(links: Link[]): this {
    for (const link of links) addLink(this.#detail, link);
    return this;
  }

  setStatus(status: SpanStatus): this {
    setStatus(this.#detail, status);
    return this;
  }

  updateName(name: string): this {
    this.#detail.name = String(name);
    return this;
  }

  recordException(exception: Exception, time?: TimeInput): void {
    recordException(this.#detail, clock, exception, time);
  }

  end(): void {
    // The request ends it.
  }

  isRecording(): boolean {
    return this.scope.sampled;
  }
}
