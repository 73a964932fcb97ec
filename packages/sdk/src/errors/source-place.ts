import type { StackFrame } from './stack.js';

/** Where a frame is in the source that people wrote, and the lines around it. */
export interface SourcePlace {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** Whether a source map led here from the file that ran. */
  readonly isMapped: boolean;
  readonly lines: SourceLines | undefined;
}

export interface SourceLines {
  readonly before: readonly string[];
  readonly at: string;
  readonly after: readonly string[];
}

/** What is known about a frame's source by now; undefined for nothing. */
export type SourceOf = (frame: StackFrame) => SourcePlace | undefined;
