/** From where on something is a finding. Durations in milliseconds, sizes in bytes. */
export interface Thresholds {
  /** A query of a request that takes so long; ten times that in jobs. */
  readonly slowQueryMs: number;
  /** The same read so often in one request. */
  readonly repeatedCalls: number;
  /** So many rows of a read without a limit. */
  readonly manyRows: number;
  /** So many calls of one request to one vendor. */
  readonly chattyCalls: number;
  /** What waiting for each other costs calls that need not, in one request. */
  readonly sequentialMs: number;
  readonly poolWaitMs: number;
  readonly stallMs: number;
  readonly payloadBytes: number;
}

export const defaultThresholds: Thresholds = {
  slowQueryMs: 100,
  repeatedCalls: 5,
  manyRows: 1000,
  chattyCalls: 10,
  sequentialMs: 30,
  poolWaitMs: 50,
  stallMs: 100,
  payloadBytes: 1_048_576,
};
