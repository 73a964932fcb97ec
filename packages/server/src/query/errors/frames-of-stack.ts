import type { ErrorFrame } from '@bellwether/model';
import type { StackPart } from '../../base/stack-frames.js';

/** The frames of a part of a stack, of which nothing is known but what it says: no source, no variables. */
export const framesOfStack = (part: StackPart): ErrorFrame[] =>
  part.frames.map(({ called, place, isOwn }) => ({
    called,
    place,
    isOwn,
    source: [],
    generated: '',
    variables: [],
  }));
