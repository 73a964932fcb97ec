import type { HeldSamples, WantedSamples } from './sample-cache.js';
import type { SharedSamples } from './shared-samples.js';
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
      /** Whether samples are kept. */
      readonly hasMemory: boolean;
    }
  /** A part of what was read; the last one ends it. */
  | {
      readonly type: 'rows';
      readonly read: number;
      readonly bytes: Uint8Array<ArrayBuffer> | undefined;
      readonly isLast: boolean;
    }
  | { readonly type: 'held'; readonly read: number; readonly held: HeldSamples }
  | { readonly type: 'histograms'; readonly read: number; readonly isPlain: boolean; readonly writes: number }
  /** Kept samples that are gone. */
  | { readonly type: 'dropped'; readonly entry: number }
  | { readonly type: 'refused'; readonly read: number; readonly errorType: ErrorType; readonly message: string };

export type FromWorker =
  /** Run this statement within the question's workspace; the rows are wanted as `Native` blocks or as JSON. */
  | { readonly type: 'read'; readonly read: number; readonly statement: ReadStatement; readonly asBlocks: boolean }
  /** What is kept of a metric? See `sample-cache.ts`. */
  | { readonly type: 'hold'; readonly read: number; readonly wanted: Omit<WantedSamples, 'workspace'> }
  | { readonly type: 'publish'; readonly entry: number; readonly samples: SharedSamples }
  | { readonly type: 'release'; readonly entry: number }
  | { readonly type: 'askHistograms'; readonly read: number; readonly metric: string }
  | { readonly type: 'plain'; readonly metric: string; readonly writes: number }
  | { readonly type: 'answer'; readonly id: number; readonly answer: Answer }
  /** A mistake of ours. */
  | { readonly type: 'failed'; readonly id: number; readonly message: string };
