import type { ErrorType } from './failure.js';
import type { Answer, Question, QuestionLimits } from './question.js';
import type { ReadStatement } from './reader.js';

/** What the thread that has the engine says to a worker. */
export type ToWorker =
  | {
      readonly type: 'ask';
      readonly id: number;
      readonly question: Question;
      readonly limits: QuestionLimits;
      readonly workspace: string;
      /** See `Reader.version`. */
      readonly version: number;
    }
  /** A part of what was read; the last one ends it. */
  | {
      readonly type: 'rows';
      readonly read: number;
      readonly bytes: Uint8Array<ArrayBuffer> | undefined;
      readonly isLast: boolean;
    }
  | { readonly type: 'refused'; readonly read: number; readonly errorType: ErrorType; readonly message: string };

export type FromWorker =
  /** Run this statement within the question's workspace; the rows are wanted as `Native` blocks or as JSON. */
  | { readonly type: 'read'; readonly read: number; readonly statement: ReadStatement; readonly asBlocks: boolean }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  /** A mistake of ours. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
