import { cut, put, type AttributeMap } from './attribute-map.js';
import {
  isList,
  isObject,
  jsonTextUpTo,
  listOf,
  numberIn,
  objectOf,
  textOf,
  type Json,
  type JsonObject,
} from './exact-json.js';

/**
 * Exceptions of an event (https://develop.sentry.dev/sdk/foundations/transport/event-payloads/exception/), the innermost cause first, the thrown one last.
 */
export function exceptionsOf(event: JsonObject): readonly JsonObject[] {
  const exception = event.get('exception') ?? event.get('sentry.interfaces.Exception');
  const list = isList(exception)
    ? exception
    : isObject(exception)
      ? isList(exception.get('values'))
        ? listOf(exception, 'values')
        : exception.has('values')
          ? []
          : [exception]
      : [];
  return list.filter(isObject);
}

/** True for what an SDK made up only to carry the stack of a message. */
export function carriesOnlyAStack(exception: JsonObject): boolean {
  return textOf(exception, 'type') === undefined && objectOf(exception, 'mechanism').get('synthetic') === true;
}

/** `exception.*` of the thrown one, its stack with those of its causes below it, and all of it as JSON for those who read frames. */
export function putException(attributes: AttributeMap, exceptions: readonly JsonObject[], event: JsonObject): void {
  const thrown = exceptions.at(-1);
  if (thrown === undefined) return;
  const mechanism = objectOf(thrown, 'mechanism');
  const isPlain = isPlainText(thrown, event);
  put(attributes, 'exception.type', isPlain ? 'string' : typeOf(thrown));
  put(attributes, 'exception.message', textOf(thrown, 'value'));
  put(attributes, 'exception.stacktrace', isPlain ? undefined : stackText(exceptions, event));
  put(attributes, 'sentry.mechanism.type', textOf(mechanism, 'type'));
  const wasHandled = mechanism.get('handled');
  if (typeof wasHandled === 'boolean') put(attributes, 'sentry.mechanism.handled', wasHandled);
  put(attributes, 'sentry.exception', framesJson(exceptions));
}

/** A text that was thrown: its SDK calls it `Error` and gives it the stack of whoever captured it, which says nothing of the text. Its frames stay in `sentry.exception`. */
function isPlainText(thrown: JsonObject, event: JsonObject): boolean {
  return (
    textOf(thrown, 'type') === 'Error' &&
    objectOf(thrown, 'mechanism').get('synthetic') === true &&
    /^(?:node|javascript)$/.test(textOf(event, 'platform') ?? '') &&
    !/captured as (?:exception|promise rejection)/.test(textOf(thrown, 'value') ?? '')
  );
}

/** Its type, or what stands before the colon of its value (`TypeError: ...`), or the module it is of. */
export function typeOf(exception: JsonObject): string | undefined {
  return (
    textOf(exception, 'type') ??
    /^([A-Z]\w{0,80}(?:Error|Exception)): /.exec(textOf(exception, 'value') ?? '')?.[1] ??
    textOf(objectOf(exception, 'mechanism'), 'type')
  );
}

const maxFrames = 100;
const maxStackLength = 65_536;

/**
 * Stacks as V8 writes them, the newest call first, each cause below what it caused:
 *
 *     TypeError: deep failure
 *         at deep (/srv/app.mjs:9:70)
 *     Caused by: Error: root cause
 *         at /srv/app.mjs:9:100
 */
export function stackText(exceptions: readonly JsonObject[], event: JsonObject): string | undefined {
  const lines: string[] = [];
  let length = 0;
  for (const exception of exceptions.toReversed()) {
    const head = [typeOf(exception), textOf(exception, 'value')].filter(text => text !== undefined).join(': ');
    const own = stackOf(exception);
    const frames = own.length > 0 || exceptions.length > 1 ? own : stackOf(crashedThread(event) ?? event);
    if (lines.length > 0 && head === '' && frames.length === 0) continue;
    const block = [(lines.length === 0 ? '' : 'Caused by: ') + cut(head, 8192), ...frameLines(frames, event)];
    lines.push(...block);
    length += block.reduce((sum, line) => sum + line.length + 1, 0);
    if (length > maxStackLength) break;
  }
  const hasFrames = lines.some(line => line.startsWith('    at '));
  return hasFrames ? cut(lines.join('\n'), maxStackLength) : undefined;
}

/** The stack of an event without an exception: its own, or that of the thread that crashed. */
export function stackWithoutException(event: JsonObject, head: string): string | undefined {
  const frames = stackOf(crashedThread(event) ?? event);
  if (frames.length === 0) return undefined;
  return cut([cut(head, 8192), ...frameLines(frames, event)].join('\n'), maxStackLength);
}

function crashedThread(event: JsonObject): JsonObject | undefined {
  const threads = event.get('threads');
  const list = (isList(threads) ? threads : isObject(threads) ? listOf(threads, 'values') : []).filter(isObject);
  const withStack = list.filter(thread => stackOf(thread).length > 0);
  return (
    withStack.find(thread => thread.get('crashed') === true) ??
    withStack.find(thread => thread.get('current') === true) ??
    (withStack.length === 1 ? withStack[0] : undefined)
  );
}

/** Frames as Sentry has them: the oldest call first. */
function stackOf(holder: JsonObject): readonly JsonObject[] {
  for (const name of ['stacktrace', 'sentry.interfaces.Stacktrace', 'raw_stacktrace']) {
    const frames = listOf(objectOf(holder, name), 'frames').filter(isObject);
    if (frames.length > 0) return frames;
  }
  return [];
}

function frameLines(frames: readonly JsonObject[], event: JsonObject): readonly string[] {
  const shown = frames.slice(-maxFrames).toReversed();
  const lines = shown.map(
    frame => `    at ${frameText(frame, textOf(frame, 'platform') ?? textOf(event, 'platform'))}`,
  );
  if (frames.length > shown.length) lines.push(`    ... ${frames.length - shown.length} more`);
  return lines;
}

const namesClasses = new Set(['java', 'csharp']);

function frameText(frame: JsonObject, platform: string | undefined): string {
  const module = textOf(frame, 'module');
  const called = textOf(frame, 'function') ?? textOf(frame, 'raw_function') ?? textOf(frame, 'symbol');
  const isNamed = called !== undefined && called !== '?' && called !== '<unknown>';
  const name =
    isNamed && module !== undefined && namesClasses.has(platform ?? '') ? `${module}.${called}` : isNamed ? called : '';
  const place = placeOf(frame) ?? module ?? '<unknown>';
  return cut(name === '' ? place : `${name} (${place})`, 2000);
}

function placeOf(frame: JsonObject): string | undefined {
  const file = textOf(frame, 'abs_path') ?? textOf(frame, 'filename');
  const line = numberIn(frame, 'lineno');
  const column = numberIn(frame, 'colno');
  if (file !== undefined)
    return [file, line, line === undefined ? undefined : column].filter(part => part !== undefined).join(':');
  const image = textOf(frame, 'package')?.split(/[\\/]/).at(-1);
  const place = [image, textOf(frame, 'instruction_addr')].filter(part => part !== undefined).join(' ');
  return place === '' ? undefined : place;
}

const maxJsonLength = 131_072;

/**
 * The exceptions as JSON, at most 131,072 characters and the newest 250 frames of each: when that is longer, first the values of local variables go, then the source lines around each
 * frame, then all but the newest 50 frames of each. Undefined when even that is too long.
 */
function framesJson(exceptions: readonly JsonObject[]): string | undefined {
  for (const shorten of shortenings) {
    const text = jsonTextUpTo(
      exceptions.map(exception => shortened(exception, shorten)),
      maxJsonLength,
    );
    if (text !== undefined) return text;
  }
  return undefined;
}

interface Shortening {
  readonly without: ReadonlySet<string>;
  readonly frames: number;
}

const shortenings: readonly Shortening[] = [
  { without: new Set(), frames: 250 },
  { without: new Set(['vars']), frames: 250 },
  { without: new Set(['vars', 'pre_context', 'post_context', 'context_line']), frames: 250 },
  { without: new Set(['vars', 'pre_context', 'post_context', 'context_line']), frames: 50 },
];

/** Without the stack as it was before the SDK worked on it, and without what `without` names. */
function shortened(exception: JsonObject, { without, frames }: Shortening): JsonObject {
  const kept = new Map<string, Json>();
  for (const [name, value] of exception) {
    if (name === 'raw_stacktrace' || value === null) continue;
    if (name !== 'stacktrace' || !isObject(value)) {
      kept.set(name, value);
      continue;
    }
    const newest = listOf(value, 'frames').slice(-frames).filter(isObject);
    kept.set(
      name,
      new Map([...value, ['frames', newest.map(frame => new Map([...frame].filter(([key]) => !without.has(key))))]]),
    );
  }
  return kept;
}
