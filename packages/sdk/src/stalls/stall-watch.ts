/** The part of a histogram of `monitorEventLoopDelay` that another thread sees. */
interface SharedHistogram {
  readonly count: number;
}

/** What the watching thread is given. */
export interface StallWatch {
  readonly delay: SharedHistogram;
  readonly thresholdMs: number;
  /** How often it looks. */
  readonly tickMs: number;
  /** JavaScript that has the main thread note where it is. */
  readonly expression: string;
}

/** The loop runs again. */
export interface StallEnd {
  readonly durationMs: number;
}
