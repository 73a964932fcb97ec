import type { PlainHistogram, PlainRequest } from '../decode/remote-write/plain-request.test-support.js';
import type { TestStore } from './stored.test-support.js';

/** What the tables hold of Prometheus' series in a workspace, and what they should hold of requests: lists of texts that can be compared. */

type Labels = readonly (readonly [name: string, value: string])[];

function labelsText(labels: Labels): string {
  const own = labels.filter(([, value]) => value !== '').map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `{${own.sort().join(', ')}}`;
}

function bucketsText(buckets: readonly (readonly [number, number])[]): string {
  return buckets.map(([index, count]) => `${index}:${count}`).join(' ');
}

function histogramText(labels: string, histogram: PlainHistogram): string {
  const { ms, count, sum, schema, zeroThreshold, zeroCount, positive, negative, bounds, resetHint } = histogram;
  return `${labels} ${ms} n=${count} sum=${sum} schema=${schema} zero=${zeroThreshold}:${zeroCount} +[${bucketsText(positive)}] -[${bucketsText(negative)}] bounds=[${bounds}] reset=${resetHint}`;
}

const isTraceId = (name: string, value: string): boolean => name === 'trace_id' && /^[0-9a-f]{32}$/.test(value);
const isSpanId = (name: string, value: string): boolean => name === 'span_id' && /^[0-9a-f]{16}$/.test(value);

export interface SeriesRows {
  readonly samples: readonly string[];
  readonly histograms: readonly string[];
  readonly exemplars: readonly string[];
}

export function expectedSeries(requests: readonly PlainRequest[]): SeriesRows {
  const series = requests.flatMap(request => request.series);
  return {
    samples: series
      .flatMap(({ labels, samples }) => samples.map(([ms, bits]) => `${labelsText(labels)} ${ms} ${bits}`))
      .sort(),
    histograms: series
      .flatMap(({ labels, histograms }) => histograms.map(one => histogramText(labelsText(labels), one)))
      .sort(),
    exemplars: series
      .flatMap(({ labels, exemplars }) =>
        exemplars.map(exemplar => {
          const trace = exemplar.labels.find(([name, value]) => isTraceId(name, value))?.[1] ?? '0'.repeat(32);
          const span = exemplar.labels.find(([name, value]) => isSpanId(name, value))?.[1] ?? '0'.repeat(16);
          const rest = exemplar.labels.filter(([name, value]) => !isTraceId(name, value) && !isSpanId(name, value));
          return `${labelsText(labels)} ${exemplar.ms} ${exemplar.value} ${trace} ${span} ${labelsText(rest)}`;
        }),
      )
      .sort(),
  };
}

interface StoredLabels {
  readonly metric: string;
  readonly keys: readonly string[];
  readonly texts: readonly string[];
}

const labelsOf = ({ metric, keys, texts }: StoredLabels): string =>
  labelsText([['__name__', metric], ...keys.map((key, i) => [key, texts[i]!] as const)]);

function counted(offset: number, counts: readonly number[]): readonly (readonly [number, number])[] {
  return counts.map((count, i) => [offset + i, count] as const).filter(([, count]) => count !== 0);
}

export async function storedSeries(store: TestStore, workspace: string): Promise<SeriesRows> {
  const known = `(SELECT id, any(metric) AS name, mapKeys(any(attrs)) AS keys, mapValues(any(attrs)) AS texts FROM metric_series WHERE workspace = '${workspace}' GROUP BY id) AS series USING id`;
  const samples = await store.rows<StoredLabels & { ms: string; bits: string }>(
    `SELECT metric, keys, texts, toString(toUnixTimestamp64Milli(ts)) AS ms, toString(reinterpretAsUInt64(value)) AS bits
     FROM metric_samples JOIN ${known} WHERE workspace = '${workspace}'`,
  );
  const histograms = await store.rows<
    StoredLabels & {
      ms: string;
      count: number;
      sum: string;
      scale: number;
      zero_threshold: number;
      zero_count: number;
      bounds: number[];
      counts: number[];
      positive_offset: number;
      positive_counts: number[];
      negative_offset: number;
      negative_counts: number[];
      reset_hint: number;
    }
  >(
    `SELECT metric, keys, texts, toString(toUnixTimestamp64Milli(ts)) AS ms, count, toString(reinterpretAsUInt64(sum)) AS sum, scale, zero_threshold, zero_count,
       bounds, counts, positive_offset, positive_counts, negative_offset, negative_counts, reset_hint
     FROM metric_histograms JOIN ${known} WHERE workspace = '${workspace}'`,
  );
  const exemplars = await store.rows<
    StoredLabels & { ms: string; value: number; trace: string; span: string; names: string[]; values: string[] }
  >(
    `SELECT metric, keys, texts, toString(toUnixTimestamp64Milli(toDateTime64(ts, 3))) AS ms, value, lower(hex(trace_id)) AS trace, lower(hex(span_id)) AS span,
       mapKeys(attrs) AS names, mapValues(attrs) AS values
     FROM exemplars JOIN ${known} WHERE workspace = '${workspace}'`,
  );
  return {
    samples: samples.map(row => `${labelsOf(row)} ${row.ms} ${row.bits}`).sort(),
    histograms: histograms
      .map(row =>
        histogramText(labelsOf(row), {
          ms: BigInt(row.ms),
          count: row.count,
          sum: BigInt(row.sum),
          schema: row.scale,
          zeroThreshold: row.zero_threshold,
          zeroCount: row.zero_count,
          // The tables count buckets as OpenTelemetry does, one lower.
          positive: row.scale === -53 ? counted(0, row.counts) : counted(row.positive_offset + 1, row.positive_counts),
          negative: counted(row.negative_offset + 1, row.negative_counts),
          bounds: row.bounds,
          resetHint: row.reset_hint,
        }),
      )
      .sort(),
    exemplars: exemplars
      .map(
        row =>
          `${labelsOf(row)} ${row.ms} ${row.value} ${row.trace} ${row.span} ${labelsText(row.names.map((name, i) => [name, row.values[i]!] as const))}`,
      )
      .sort(),
  };
}
