import type { Attributes, AttributeValue, Exception, Link, SpanStatus, TimeInput } from '@opentelemetry/api';
import { nowMs, type WallClock } from '../core/clock.js';
import { limits } from '../core/record-limits.js';
import { addEvent, exceptionAttributes, type SpanDetail } from '../core/span-detail.js';

/** A user's time on our monotonic clock: Date, milliseconds since 1970 or since start, or [seconds, nanoseconds]. */
export function monotonicMs(time: TimeInput | undefined, clock: WallClock): number {
  if (time === undefined) return nowMs();
  if (Array.isArray(time)) return time[0] * 1000 + time[1] / 1e6 - clock.offsetMs;
  const ms = time instanceof Date ? time.getTime() : time;
  // OpenTelemetry takes both kinds of numbers: what is earlier than this process' start by far is `performance.now()`.
  return ms < clock.offsetMs / 2 ? ms : ms - clock.offsetMs;
}

export function setAttribute(detail: SpanDetail, key: string, value: AttributeValue): void {
  if (typeof key !== 'string' || key === '' || value === undefined) return;
  const attributes = (detail.attributes ??= {});
  if (key in attributes || Object.keys(attributes).length < limits.spanAttributes) attributes[key] = value;
  else detail.droppedAttributes++;
}

/** JavaScript callers pass null and undefined too; nothing here throws for it. */
export function setAttributes(detail: SpanDetail, attributes: Attributes | null | undefined): void {
  for (const [key, value] of Object.entries(attributes ?? {}))
    if (value !== undefined) setAttribute(detail, key, value);
}

/** `addEvent(name, attributes?, time?)` or `addEvent(name, time)`. */
export function editEvent(
  detail: SpanDetail,
  clock: WallClock,
  name: string,
  attributesOrTime: Attributes | TimeInput | undefined,
  time: TimeInput | undefined,
): void {
  const isTime =
    typeof attributesOrTime === 'number' || attributesOrTime instanceof Date || Array.isArray(attributesOrTime);
  // What is no time is attributes: the two are told apart just above.
  const attributes = isTime ? {} : ((attributesOrTime ?? {}) as Attributes);
  const at = isTime ? attributesOrTime : time;
  addEvent(detail, { name: String(name), atMs: monotonicMs(at, clock), attributes: { ...attributes } });
}

export function addLink(detail: SpanDetail, link: Link): void {
  detail.links ??= [];
  if (detail.links.length < limits.spanLinks) detail.links.push(link);
  else detail.droppedLinks++;
}

/** Ok is final; an error does not become unset again. */
export function setStatus(detail: SpanDetail, status: SpanStatus): void {
  if (detail.status?.code === 1 || !(status?.code > 0)) return;
  detail.status = status.code === 1 ? { code: 1 } : { ...status };
}

export function recordException(
  detail: SpanDetail,
  clock: WallClock,
  exception: Exception,
  time: TimeInput | undefined,
): void {
  addEvent(detail, { name: 'exception', atMs: monotonicMs(time, clock), attributes: exceptionAttributes(exception) });
}
