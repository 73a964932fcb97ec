import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { PlainObject } from '../core/surroundings.js';

/** A line of a stack, the call nearest to the error first. */
export interface StackFrame {
  /** The line as V8 wrote it, without `at`. */
  readonly text: string;
  readonly function: string | undefined;
  /** Where it is; undefined for `<anonymous>`, `native`, `index 0`. */
  readonly place: Place | undefined;
  /** Code of the application itself, not of a library or of Node. */
  readonly isOwn: boolean;
  /** What its variables were, where that is known. */
  readonly variables?: PlainObject;
}

/** A place in a file; line and column count from 1. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

const maxFrames = 50;
const maxStackChars = 32_768;
const maxLineChars = 1000;

/**
 * The frames of a stack as V8 writes it (https://v8.dev/docs/stack-trace-api). `message` is the error's own: it stands above the frames, may have lines that look
 * like frames, and is skipped.
 */
export function framesOf(stack: string, message: string): readonly StackFrame[] {
  const at = message === '' ? -1 : stack.indexOf(message);
  const below = at < 0 ? stack : stack.slice(at + message.length);
  const frames: StackFrame[] = [];
  for (const line of below.slice(0, maxStackChars).split('\n')) {
    const text = /^\s{1,20}at (.+)$/.exec(line.slice(0, maxLineChars))?.[1];
    if (text === undefined) continue;
    frames.push(frameOf(text));
    if (frames.length === maxFrames) break;
  }
  return frames;
}

function frameOf(text: string): StackFrame {
  const line = text.replace(/^async /, '');
  const open = line.endsWith(')') ? line.lastIndexOf(' (') : -1;
  // Evaluated code names where `eval` stands in further brackets: the function is what comes before the first.
  const name = open < 0 ? undefined : line.slice(0, line.indexOf(' ('));
  const place = placeOf(open < 0 ? line : line.slice(open + 2, -1));
  const called = name?.replace(/ \[as [^\]]*\]$/, '').replace(/^new /, '');
  return {
    text,
    function: called === '' || called === '<anonymous>' ? undefined : called,
    place,
    isOwn: place !== undefined && isAbsolute(place.file) && !/[\\/]node_modules[\\/]/.test(place.file),
  };
}

function placeOf(text: string): Place | undefined {
  const [, where, line, column] = /^(.+):(\d{1,9}):(\d{1,9})$/.exec(text) ?? [];
  if (where === undefined || line === undefined || column === undefined || where.includes('<anonymous>'))
    return undefined;
  return { file: pathOf(where), line: Number(line), column: Number(column) };
}

function pathOf(where: string): string {
  if (!where.startsWith('file://')) return where;
  try {
    return fileURLToPath(where);
  } catch {
    return where;
  }
}
