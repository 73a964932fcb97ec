import { errorType } from '../core/span-detail.js';
import { memberOf } from './member-of.js';
import { plainText } from './plain-copy.js';
import { framesOf, type StackFrame } from './stack.js';

/** One of the errors that a thrown value stands for. */
export interface SeenException {
  readonly type: string;
  readonly message: string;
  readonly frames: readonly StackFrame[];
  /** Its place in the list, and that of the one it belongs to. */
  readonly id: number;
  readonly parentId: number | undefined;
  /** How it belongs: `cause`, or `errors[2]` of an AggregateError. */
  readonly relation: string | undefined;
  readonly isAggregate: boolean;
}

/** Knows what the variables were in the calls of an error. */
export interface VariablesOf {
  with(error: unknown, frames: readonly StackFrame[]): readonly StackFrame[];
}

const maxExceptions = 10;
const maxMessageChars = 4000;

/**
 * What was thrown, its causes and, of an AggregateError, its members; what was thrown comes first, and there are ten at most. Anything can be thrown, and a
 * chain may be a circle.
 */
export function exceptionsOf(thrown: unknown, variables?: VariablesOf): readonly SeenException[] {
  const found: SeenException[] = [];
  const known = new Set<unknown>();
  const waiting: { error: unknown; parentId: number | undefined; relation: string | undefined }[] = [
    { error: thrown, parentId: undefined, relation: undefined },
  ];
  for (let next = waiting.shift(); next !== undefined && found.length < maxExceptions; next = waiting.shift()) {
    const { error, parentId, relation } = next;
    if (known.has(error)) continue;
    known.add(error);
    const id = found.length;
    const members = memberErrors(error);
    const seen = described(error);
    const frames = variables === undefined ? seen.frames : variables.with(error, seen.frames);
    found.push({ ...seen, frames, id, parentId, relation, isAggregate: members.length > 0 });
    const cause = memberOf(error, 'cause');
    if (cause !== undefined && cause !== null) waiting.push({ error: cause, parentId: id, relation: 'cause' });
    for (const [index, member] of members.entries())
      waiting.push({ error: member, parentId: id, relation: `errors[${index}]` });
  }
  return found;
}

function described(error: unknown): Pick<SeenException, 'type' | 'message' | 'frames'> {
  const own = memberOf(error, 'message');
  const message = typeof own === 'string' ? own : '';
  if (error instanceof Error) {
    const stack = memberOf(error, 'stack');
    return {
      type: typeOf(error),
      message: plainText(message, maxMessageChars),
      frames: typeof stack === 'string' ? framesOf(stack, message) : [],
    };
  }
  const name = memberOf(error, 'name');
  return {
    type: typeof name === 'string' && name !== '' ? name : typeof error,
    message: message === '' ? plainText(error, maxMessageChars) : plainText(message, maxMessageChars),
    frames: [],
  };
}

function typeOf(error: Error): string {
  try {
    return errorType(error);
  } catch {
    return 'Error';
  }
}

function memberErrors(error: unknown): readonly unknown[] {
  if (!(error instanceof Error)) return [];
  const members = memberOf(error, 'errors');
  return Array.isArray(members) ? members.slice(0, maxExceptions) : [];
}
