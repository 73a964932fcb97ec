import type { Batch } from '../decode/batch.js';
import type { MetricBatch } from '../decode/otlp-metrics.js';
import type { SeriesBatch } from '../decode/remote-write/series-batch.js';
import { sampleWidth } from '../decode/remote-write/series-batch.js';
import { addTo, type ItemCounts, type RefusedRows } from '../handover/block-items.js';

/** The rows that the items of one batch take in one table, in the order they are written. */
export interface ItemRows {
  readonly table: string;
  /** The batch's row in the ledger. */
  readonly row: number;
  readonly items: number;
  /** Rows of each item where they are not one; as many as `items`. */
  readonly widths?: readonly number[];
  /** Rows of several requests are mixed in this table's file: which is whose can not be told from their numbers. */
  readonly isMixed?: boolean;
}

/**
 * Where the items of a batch stand; rows that are derived of them (resources, series, exemplars, rates) are no items. `kept`: spans that sampling
 * did not leave out.
 */
export function rowsOf(batch: Batch, row: number, kept = batch.items): readonly ItemRows[] {
  if (isSeries(batch)) {
    return [
      { table: 'metric_samples', row, items: batch.samples.length / sampleWidth, isMixed: true },
      { table: 'metric_histograms', row, items: batch.histograms.length, isMixed: true },
    ];
  }
  switch (batch.signal) {
    case 'traces':
      return [{ table: 'spans', row, items: kept }];
    case 'logs':
      return [{ table: 'logs', row, items: batch.items }];
    case 'files':
      return [{ table: 'raw_files', row, items: batch.items }];
    case 'metrics':
      return isOtlpMetrics(batch) ? metricRows(batch, row) : [];
  }
}

/** A series that begins has a row of zero before its first point. */
function ofPoint({ isFresh }: { readonly isFresh: boolean }): number {
  return isFresh ? 2 : 1;
}

function metricRows({ numbers, summaries, histograms, exponentials }: MetricBatch, row: number): readonly ItemRows[] {
  // A summary is a row for each quantile, one for its sum and one for its count.
  const samples = [...numbers.map(ofPoint), ...summaries.map(({ quantiles }) => quantiles.length + 2)];
  const distributions = [...histograms, ...exponentials].map(ofPoint);
  return [
    { table: 'metric_samples', row, items: samples.length, widths: samples },
    { table: 'metric_histograms', row, items: distributions.length, widths: distributions },
  ];
}

/**
 * How many items of which row of the ledger the engine refused. An item counts when one of its rows was refused. Where rows of several requests are
 * mixed in a file, refused rows count for the requests in the order they came; their sum is right.
 */
export function itemsOf(all: readonly ItemRows[], refused: readonly RefusedRows[]): ItemCounts {
  const counts = new Map<number, number>();
  for (const { table, ranges } of refused) {
    const inTable = all.filter(rows => rows.table === table);
    if (inTable.some(({ isMixed }) => isMixed === true)) countMixed(inTable, ranges, counts);
    else countInOrder(inTable, ranges, counts);
  }
  return counts;
}

function countInOrder(inTable: readonly ItemRows[], ranges: RefusedRows['ranges'], counts: Map<number, number>): void {
  let start = 0;
  let next = 0;
  for (const { row, items, widths } of inTable) {
    for (let item = 0; item < items; item++) {
      const end = start + (widths?.[item] ?? 1);
      while (next < ranges.length && ranges[next]![0] + ranges[next]![1] <= start) next += 1;
      const range = ranges[next];
      if (range !== undefined && range[0] < end) addTo(counts, row, 1);
      start = end;
    }
  }
}

function countMixed(inTable: readonly ItemRows[], ranges: RefusedRows['ranges'], counts: Map<number, number>): void {
  let rest = ranges.reduce((sum, [, count]) => sum + count, 0);
  for (const { row, items } of inTable) {
    const taken = Math.min(rest, items);
    addTo(counts, row, taken);
    rest -= taken;
  }
}

function isSeries(batch: Batch): batch is SeriesBatch {
  return 'labelSets' in batch;
}

export function isOtlpMetrics(batch: Batch): batch is MetricBatch {
  return batch.signal === 'metrics' && 'summaries' in batch;
}
