import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Attributes } from '@opentelemetry/api';
import type { Sources } from '../errors/sources.js';
import { framesOf, type StackFrame } from '../errors/stack.js';

/** A stack that V8 has noted and not yet written out: noting costs a few microseconds, writing out many more. */
export interface NotedStack {
  readonly stack?: unknown;
}

const depth = 40;
const ownFolder = dirname(fileURLToPath(import.meta.url));

/** Notes the stack here, deep enough to reach past an ORM. It obeys whatever `Error.prepareStackTrace` the application has. */
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

/** The calls of a noted stack that are neither ours nor Node's, the nearest to the query first. */
export function callsOf({ stack }: NotedStack): readonly StackFrame[] {
  if (typeof stack !== 'string') return [];
  return framesOf(stack, '').filter(({ place, isOwn }) => isOwn && place !== undefined && !isOurs(place.file));
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
    if (place === undefined || /[\\/]node_modules[\\/]/.test(place.file)) continue;
    return {
      'code.file.path': place.file,
      'code.line.number': place.line,
      // A method of a plain object says nothing by its class.
      ...(call.function === undefined ? {} : { 'code.function.name': call.function.replace(/^Object\./, '') }),
    };
  }
  return undefined;
}
