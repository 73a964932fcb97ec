import { findSourceMap } from 'node:module';
import { dirname, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Attributes } from '@opentelemetry/api';
import type { Sources } from '../errors/sources.js';
import { framesOf, type Place, type StackFrame } from '../errors/stack.js';

/** A stack that V8 has noted and not yet written out: noting costs a few microseconds, writing out many more. */
export interface NotedStack {
  readonly stack?: unknown;
}

const depth = 40;
const ownFolder = dirname(fileURLToPath(import.meta.url));

/** Notes the stack here, deep enough to reach past an ORM. It is written out by `callsOf`, if ever. */
export function noteStack(): NotedStack {
  const noted: NotedStack = {};
  const limit = Error.stackTraceLimit;
  try {
    Error.stackTraceLimit = depth;
    Error.captureStackTrace(noted, noteStack);
  } finally {
    Error.stackTraceLimit = limit;
  }
  return noted;
}

/** The calls of a noted stack that are neither ours nor Node's nor a library's, the nearest to the query first. */
export function callsOf(noted: NotedStack): readonly StackFrame[] {
  const stack = readStack(noted);
  const frames = typeof stack === 'string' ? framesOf(stack, '') : Array.isArray(stack) ? stack.map(frameOf) : [];
  return frames.filter(({ place, isOwn }) => isOwn && place !== undefined && !isOurs(place.file));
}

/**
 * The calls as V8 knows them (https://v8.dev/docs/stack-trace-api): where they run, even when Node or a library of the application would write out where they were written. There a library's own
 * source map would make its code look like the application's.
 */
function readStack(noted: NotedStack): unknown {
  const before: unknown = Reflect.get(Error, 'prepareStackTrace');
  Reflect.set(Error, 'prepareStackTrace', (_error: unknown, calls: unknown) => calls);
  try {
    return noted.stack;
  } finally {
    if (before === undefined) Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Reflect.set(Error, 'prepareStackTrace', before);
  }
}

function frameOf(call: NodeJS.CallSite): StackFrame {
  const file = pathOf(call.getFileName() ?? '');
  const place = { file, line: call.getLineNumber() ?? 0, column: call.getColumnNumber() ?? 0 };
  const isOwn = isAbsolute(file) && !isLibrary(file);
  return { text: '', function: nameOf(call), place: isOwn ? written(place) : place, isOwn };
}

/** Where Node knows a place to be written, under `--enable-source-maps` or a TypeScript runner. */
function written(place: Place): Place {
  const origin = findSourceMap(place.file)?.findOrigin(place.line, place.column);
  if (origin === undefined || !('fileName' in origin) || typeof origin.fileName !== 'string') return place;
  return { file: pathOf(origin.fileName), line: origin.lineNumber, column: origin.columnNumber };
}

/** `OrderService.find`, or the function's name alone. */
function nameOf(call: NodeJS.CallSite): string | undefined {
  const name = call.getFunctionName() ?? undefined;
  const type = call.isToplevel() || call.isConstructor() ? null : call.getTypeName();
  return name === undefined || type === null || type === 'Object' || type === 'Function' || name.startsWith(`${type}.`)
    ? name
    : `${type}.${name}`;
}

function pathOf(file: string): string {
  return file.startsWith('file:') && URL.canParse(file) ? fileURLToPath(file) : file;
}

function isLibrary(file: string): boolean {
  return /[\\/]node_modules[\\/]/.test(file);
}

function isOurs(file: string): boolean {
  return file.startsWith(ownFolder);
}

/**
 * The call in the application that led to a query, by OpenTelemetry's `code.*` names: where people wrote it when its source map has been read, else where it runs.
 * In a bundle the libraries' own calls come first; a source map tells which they are.
 */
export function callSite(calls: readonly StackFrame[], sources: Sources): Attributes | undefined {
  for (const call of calls) {
    const place = sources.of(call) ?? call.place;
    if (place === undefined || isLibrary(place.file)) continue;
    return {
      'code.file.path': place.file,
      'code.line.number': place.line,
      // A method of a plain object says nothing by its class.
      ...(call.function === undefined ? {} : { 'code.function.name': call.function.replace(/^Object\./, '') }),
    };
  }
  return undefined;
}
