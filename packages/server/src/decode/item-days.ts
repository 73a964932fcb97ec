import type { Batch } from './batch.js';
import { fixed64Ms, high32 } from './fixed64.js';
import { logField, logWidth, type LogBatch } from './otlp-logs.js';
import type { MetricBatch } from './otlp-metrics.js';
import { spanField, spanWidth, type SpanBatch } from './otlp-traces.js';
import { readFile, type FileBatch } from './raw-files.js';
import { sampleWidth, type SeriesBatch } from './remote-write/series-batch.js';

const dayMs = 86_400_000;

/** The high half of a time in nanoseconds counts so many ms. */
const highMs = 0x1_0000_0000 / 1e6;

/** The highest half that a stored time has; beyond, a time is stored as the last one there is (2262). */
const maxHigh = 0x7fff_ffff;

/**
 * Adds the days (since 1970) of a batch's items that lie before `fromMs` or after `toMs`; stops at `most`. A day is told from the high half of a time
 * alone, which is right to within 5 seconds: one comparison for each item that is of today.
 */
export function addFarDays(
  batch: Batch,
  { fromMs, toMs }: { readonly fromMs: number; readonly toMs: number },
  days: Set<number>,
  most: number,
): void {
  const fromHigh = fromMs / highMs;
  const toHigh = toMs / highMs;
  const add = (body: Uint8Array, at: number): boolean => {
    if (at < 0) return false;
    const high = Math.min(maxHigh, high32(body, at));
    if (high === 0) return false;
    if (high < fromHigh || high > toHigh) days.add(Math.floor((high * highMs) / dayMs));
    return true;
  };
  const addMs = (ms: number): void => {
    if (ms < fromMs || ms > toMs) days.add(Math.floor(ms / dayMs));
  };
  if (isSpans(batch)) {
    const { body, spans, items } = batch;
    for (let i = 0; i < items && days.size < most; i++) add(body, spans[i * spanWidth + spanField.startAt]!);
  } else if (isLogs(batch)) {
    const { body, logs, items } = batch;
    for (let i = 0; i < items && days.size < most; i++) {
      if (!add(body, logs[i * logWidth + logField.timeAt]!)) add(body, logs[i * logWidth + logField.observedAt]!);
    }
  } else if (isSeries(batch)) {
    const { samples, histograms, exemplars } = batch;
    for (let at = 0; at < samples.length && days.size < most; at += sampleWidth)
      addMs(samples[at + 2]! * 0x1_0000_0000 + (samples[at + 1]! >>> 0));
    for (const { histogram } of histograms) if (days.size < most) addMs(histogram.timeMs);
    for (const { timeMs } of exemplars) if (timeMs !== undefined && days.size < most) addMs(timeMs);
  } else if (isFiles(batch)) {
    const { body, places } = batch;
    for (let i = 0; i < places.length && days.size < most; i += 2)
      add(body, readFile(body, places[i]!, places[i + 1]!).timeAt);
  } else if (isMetrics(batch)) {
    const { body, numbers, histograms, exponentials, summaries } = batch;
    for (const points of [numbers, histograms, exponentials, summaries]) {
      for (const { timeAt, exemplars } of points) {
        if (days.size >= most) return;
        const ms = fixed64Ms(body, timeAt);
        if (ms !== 0) addMs(ms);
        for (const exemplar of exemplars) add(body, exemplar.timeAt);
      }
    }
  }
}

const isSpans = (batch: Batch): batch is SpanBatch => batch.signal === 'traces';
const isLogs = (batch: Batch): batch is LogBatch => batch.signal === 'logs';
const isFiles = (batch: Batch): batch is FileBatch => batch.signal === 'files';
const isSeries = (batch: Batch): batch is SeriesBatch => 'labelSets' in batch;
const isMetrics = (batch: Batch): batch is MetricBatch => batch.signal === 'metrics' && 'summaries' in batch;
