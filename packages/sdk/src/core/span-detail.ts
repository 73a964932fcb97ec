import type { Attributes, Link, SpanStatus } from '@opentelemetry/api';
import { limits } from './record-limits.js';

/** Something that happened during a span; `atMs` is on the monotonic clock. */
export interface SpanEvent {
  readonly name: string;
  readonly atMs: number;
  readonly attributes: Attributes;
}

/**
 * What a user (or an error) adds to a span on its way. Most spans have none of it.
 */
export interface SpanDetail {
  name: string | undefined;
  status: SpanStatus | undefined;
  attributes: Attributes | undefined;
  events: SpanEvent[] | undefined;
  links: Link[] | undefined;
  droppedAttributes: number;
  droppedEvents: number;
  droppedLinks: number;
  /** The external service that an application's own function around this says it calls, and counts. */
  readonly declaredService?: string | undefined;
}

export function noDetail(): SpanDetail {
  return {
    name: undefined,
    status: undefined,
    attributes: undefined,
    events: undefined,
    links: undefined,
    droppedAttributes: 0,
    droppedEvents: 0,
    droppedLinks: 0,
  };
}

export function addEvent(detail: SpanDetail, event: SpanEvent): void {
  detail.events ??= [];
  if (detail.events.length < limits.spanEvents) detail.events.push(event);
  else detail.droppedEvents++;
}

/** The attributes of an `exception` event or log, by OpenTelemetry's names. Anything can be thrown, so anything is accepted. */
export function exceptionAttributes(error: unknown): Attributes {
  if (error instanceof Error) {
    const attributes: Attributes = { 'exception.type': errorType(error), 'exception.message': error.message };
    if (typeof error.stack === 'string') attributes['exception.stacktrace'] = withCauses(error);
    return attributes;
  }
  return { 'exception.type': typeof error, 'exception.message': safeString(error) };
}

/** `error.type`: the class, or the `code` of Node's own and driver errors that share the class `Error`. */
export function errorType(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  // Anybody can set a name to anything.
  const name: unknown = error.name;
  if (typeof name === 'string' && name !== 'Error' && name !== '') return name;
  const code: unknown = 'code' in error ? error.code : undefined;
  return typeof code === 'string' && code !== '' ? code : error.constructor.name || 'Error';
}

function withCauses(error: Error): string {
  let text = error.stack ?? '';
  let cause: unknown = error.cause;
  for (let depth = 0; depth < 5 && cause !== undefined && cause !== null; depth++) {
    text += `\nCaused by: ${cause instanceof Error ? (cause.stack ?? cause.message) : safeString(cause)}`;
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  return text;
}

function safeString(value: unknown): string {
  try {
    return typeof value === 'object' ? (JSON.stringify(value) ?? String(value)) : String(value);
  } catch {
    return '[a value that cannot be shown]';
  }
}
