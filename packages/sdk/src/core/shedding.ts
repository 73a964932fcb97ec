/**
 * What is left out while the SDK uses more than its budget: nothing (0), spans of calls that leave the process (1), log records below WARN too (2), nine of ten traces too (3). Metrics, errors,
 * business events and spans that failed are never left out.
 */
export type SheddingLevel = 0 | 1 | 2 | 3;

/** Asked by who writes spans and logs; `OwnBudget` sets the level. */
export class Shedding {
  level: SheddingLevel = 0;
  /** Spans and log records that were left out. */
  spans = 0;
  logs = 0;

  /** Whether the trace whose id ends with this word is one of ten. All of its spans are asked the same. */
  keepsTrace(lastWord: number): boolean {
    return (lastWord >>> 0) % 10 === 0;
  }
}
