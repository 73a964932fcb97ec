import type { PlainObject } from '../core/surroundings.js';
import { maxValueChars } from '../otlp/key-value.js';
import type { ErrorEvent } from './error-event.js';
import type { SeenException } from './exceptions.js';
import type { StackFrame } from './stack.js';
import type { SourceOf, SourcePlace } from './source-place.js';

/** How an error came to us, as Sentry calls it: https://develop.sentry.dev/sdk/foundations/transport/event-payloads/exception/#exception-mechanism */
export interface Mechanism {
  /** Such as `http.server`, `onuncaughtexception`, `generic`. */
  readonly type: string;
  /** Whether the application caught it itself. */
  readonly handled: boolean;
}

/** Room for a list as JSON in one attribute: what is longer would be cut and could not be read any more. */
const maxJsonChars = maxValueChars - 384;

/**
 * The attributes of an event's log record. They are those under which the receiver stores what Sentry's SDKs send, so that errors look alike wherever they come
 * from: `exception.*` by OpenTelemetry's conventions, tags by their own names, members of contexts behind the context's name, the rest as `sentry.*`.
 */
export function errorAttributes(
  event: ErrorEvent,
  { seen, mechanism, request, sourceOf, isDetailed }: ErrorParts,
): Record<string, unknown> {
  const attributes: Record<string, unknown> = {};
  const shown = seen.filter(({ id }) => event.exceptions.some(each => each.id === id));
  const exceptions = shown.map(each => ({ ...each, ...event.exceptions.find(({ id }) => id === each.id) }));
  const [thrown] = exceptions;
  if (thrown !== undefined) {
    attributes['exception.type'] = thrown.type;
    attributes['exception.message'] = thrown.message;
    attributes['exception.stacktrace'] = stackText(exceptions, sourceOf);
    if (isDetailed) attributes['sentry.exception'] = exceptionsJson(exceptions, mechanism, sourceOf);
  }
  attributes['sentry.event_id'] = event.id;
  attributes['sentry.mechanism.type'] = mechanism.type;
  attributes['sentry.mechanism.handled'] = mechanism.handled;
  if (event.fingerprint !== undefined) attributes['sentry.fingerprint'] = event.fingerprint;
  Object.assign(attributes, request);
  // The user's id is on all that the request sends, this record included.
  for (const [name, value] of Object.entries(event.user ?? {})) if (name !== 'id') attributes[`user.${name}`] = value;
  for (const [context, members] of Object.entries(event.contexts))
    for (const [name, value] of Object.entries(members)) putFree(attributes, `${context}.${name}`, value, 'context');
  for (const [name, value] of Object.entries(event.tags)) putFree(attributes, name, value, 'tag');
  for (const [name, value] of Object.entries(event.extra)) attributes[`sentry.extra.${name}`] = value;
  attributes['sentry.breadcrumbs'] = breadcrumbsJson(event.breadcrumbs);
  return attributes;
}

/** Under its own name, unless that is taken by something else. */
function putFree(attributes: Record<string, unknown>, name: string, value: unknown, kind: 'tag' | 'context'): void {
  const taken = Object.hasOwn(attributes, name) || reserved.has(name);
  attributes[taken ? `sentry.${kind}.${name}` : name] = value;
}

/** What belongs to an event beside what its hook may change. */
export interface ErrorParts {
  readonly seen: readonly SeenException[];
  readonly mechanism: Mechanism;
  readonly request: Readonly<Record<string, string>>;
  readonly sourceOf: SourceOf;
  /** Whether the frames go with it as structure, beside the stack as text. */
  readonly isDetailed: boolean;
}

/** Names that stand on the record already, from the request. */
const reserved = new Set(['tenant.id', 'tenant.plan', 'user.id', 'request.id']);

/** As V8 writes it, each cause below what it caused, with places in the sources where those are known. */
function stackText(exceptions: readonly SeenException[], sourceOf: SourceOf): string | undefined {
  if (exceptions.every(({ frames }) => frames.length === 0)) return undefined;
  const lines: string[] = [];
  for (const { type, message, frames, relation } of exceptions) {
    const label = relation === undefined ? '' : relation === 'cause' ? 'Caused by: ' : `${relation}: `;
    lines.push(`${label}${type}${message === '' ? '' : `: ${message}`}`);
    for (const frame of frames) lines.push(`    at ${frameText(frame, sourceOf(frame))}`);
  }
  return lines.join('\n').slice(0, maxValueChars);
}

function frameText(frame: StackFrame, source: SourcePlace | undefined): string {
  if (source?.isMapped !== true) return frame.text;
  const place = `${source.file}:${source.line}:${source.column}`;
  return frame.function === undefined ? place : `${frame.function} (${place})`;
}

/** Of each message in a list; the first is also an attribute of its own, whole. */
const maxMessageChars = 1000;

/** From all there is to the least that is of use; what was thrown has its share before its causes. */
const shortenings = [
  { frames: 100, lines: 12, variables: 5 },
  { frames: 60, lines: 4, variables: 2 },
  { frames: 40, lines: 0, variables: 0 },
  { frames: 10, lines: 0, variables: 0 },
] as const;

/** How many frames, frames with source lines and frames with variables may still be shown. */
interface Room {
  frames: number;
  lines: number;
  variables: number;
}

/** The exceptions as JSON in Sentry's order: the innermost cause first, in each the oldest call first. Undefined when there is no room for even the least. */
function exceptionsJson(
  exceptions: readonly SeenException[],
  mechanism: Mechanism,
  sourceOf: SourceOf,
): string | undefined {
  for (const shorten of shortenings) {
    const room = { ...shorten };
    const list = exceptions.map(each => exceptionShown(each, mechanism, sourceOf, room));
    const json = JSON.stringify(list.toReversed());
    if (json.length <= maxJsonChars) return json;
  }
  return undefined;
}

function exceptionShown(
  exception: SeenException,
  { type: road, handled }: Mechanism,
  sourceOf: SourceOf,
  room: Room,
): PlainObject {
  const { type, message, frames, id, parentId, relation, isAggregate } = exception;
  const shown = frames.slice(0, Math.max(0, room.frames)).map(frame => {
    const source = sourceOf(frame);
    const withVariables = frame.variables !== undefined && room.variables-- > 0;
    return {
      ...frameShown(frame, source, source !== undefined && room.lines-- > 0),
      ...(withVariables ? { vars: frame.variables } : {}),
    };
  });
  room.frames -= shown.length;
  return {
    type,
    value: message.slice(0, maxMessageChars),
    mechanism: {
      type: relation === undefined ? road : 'chained',
      handled,
      exception_id: id,
      ...(parentId === undefined ? {} : { parent_id: parentId }),
      ...(relation === undefined ? {} : { source: relation }),
      ...(isAggregate ? { is_exception_group: true } : {}),
    },
    ...(shown.length === 0 ? {} : { stacktrace: { frames: shown.toReversed() } }),
  };
}

function frameShown(frame: StackFrame, source: SourcePlace | undefined, withLines: boolean): PlainObject {
  const place = source ?? frame.place;
  return {
    ...(frame.function === undefined ? {} : { function: frame.function }),
    ...(place === undefined
      ? { filename: frame.text.slice(0, 200) }
      : { filename: place.file, abs_path: place.file, lineno: place.line, colno: place.column }),
    in_app: frame.isOwn && !/[\\/]node_modules[\\/]/.test(place?.file ?? ''),
    ...(withLines && source?.lines !== undefined
      ? { pre_context: source.lines.before, context_line: source.lines.at, post_context: source.lines.after }
      : {}),
  };
}

/** The newest that fit. */
function breadcrumbsJson(breadcrumbs: readonly PlainObject[]): string | undefined {
  const texts: string[] = [];
  let chars = 2;
  for (const breadcrumb of breadcrumbs.toReversed()) {
    const text = JSON.stringify(breadcrumb);
    chars += text.length + 1;
    if (chars > maxJsonChars) break;
    texts.push(text);
  }
  return texts.length === 0 ? undefined : `[${texts.toReversed().join(',')}]`;
}
