import { BadInput } from '../base/bad-input.js';
import { attributeWidth } from './attributes.js';
import type { Batch } from './batch.js';
import {
  readExponentialPoint,
  readHistogramPoint,
  readNumberPoint,
  readSummaryPoint,
  type ExponentialPoint,
  type HistogramPoint,
  type NumberPoint,
  type SummaryPoint,
} from './data-points.js';
import { maxItems, readEnvelope, type Envelope } from './envelope.js';
import { fixed64Ms } from './fixed64.js';
import { Int32List } from './int32-list.js';
import { WireReader, fields } from './wire-reader.js';

/** Metrics and their data points. Texts and attributes are positions in `body`, as for spans. */
export interface MetricBatch extends Batch, Envelope {
  readonly signal: 'metrics';
  readonly body: Uint8Array;
  readonly metrics: readonly Metric[];
  readonly numbers: readonly NumberPoint[];
  readonly histograms: readonly HistogramPoint[];
  readonly exponentials: readonly ExponentialPoint[];
  readonly summaries: readonly SummaryPoint[];
  /** See `attributes.ts`. */
  readonly attributes: Int32Array;
}

export interface Metric {
  /** Its message in `body`. */
  readonly at: number;
  readonly length: number;
  readonly resource: number;
  readonly scope: number;
  readonly nameAt: number;
  readonly nameLength: number;
  readonly descriptionAt: number;
  readonly descriptionLength: number;
  readonly unitAt: number;
  readonly unitLength: number;
  readonly type: MetricType;
  readonly temporality: Temporality;
  readonly isMonotonic: boolean;
}

export type MetricType = 'gauge' | 'sum' | 'histogram' | 'exponential_histogram' | 'summary';
export type Temporality = '' | 'delta' | 'cumulative';

const knownMetric = fields(1, 2, 3, 5, 7, 9, 10, 11, 12);
const knownData = fields(1, 2, 3);

const attributes = new Int32List();

const needsName = 'a metric needs a name';
const needsValue = 'a data point needs a value';
/** Each quantile of a summary is stored as a series with all attributes of its point; a request of 1 MB could ask for gigabytes. */
const maxRepeatedBytes = 128 << 20;
const quantileBytes = 20;
const repeatsTooMuch = 'a summary has many quantiles and long attributes, which each of them would repeat';
const needsBuckets = 'bucket_counts must be one longer than explicit_bounds, and the bounds must rise';

/** Reads an ExportMetricsServiceRequest. Throws `BadInput` when it is not one. */
export function decodeMetrics(body: Uint8Array): MetricBatch {
  attributes.clear();
  const wire = new WireReader(body);
  const metrics: Metric[] = [];
  const numbers: NumberPoint[] = [];
  const histograms: HistogramPoint[] = [];
  const exponentials: ExponentialPoint[] = [];
  const summaries: SummaryPoint[] = [];
  let points = 0;
  let accepted = 0;
  let newestMs = 0;
  let repeatedBytes = 0;
  let rejectedReason = '';

  const accept = <P extends { readonly timeAt: number; readonly firstAttribute: number }>(
    list: P[],
    point: P,
    problem: string,
  ): void => {
    if (++points > maxItems)
      throw new BadInput(`more than ${maxItems} data points in one request; send smaller batches`);
    if (problem !== '') {
      rejectedReason = problem;
      attributes.length = point.firstAttribute * attributeWidth;
      return;
    }
    accepted++;
    list.push(point);
    newestMs = Math.max(newestMs, fixed64Ms(body, point.timeAt));
  };

  /** Reads Gauge, Sum, Histogram, ExponentialHistogram or Summary: data points, a temporality and whether a sum only rises. */
  const readData = (
    dataEnd: number,
    point: (end: number) => void,
  ): { temporality: Temporality; isMonotonic: boolean } => {
    let temporality: Temporality = '';
    let isMonotonic = false;
    while (wire.at < dataEnd) {
      const tag = wire.varint(dataEnd);
      if (tag === 10) {
        const end = wire.length(dataEnd) + wire.at;
        point(end);
      } else if (tag === 16) {
        const code = wire.varint(dataEnd);
        temporality = code === 1 ? 'delta' : code === 2 ? 'cumulative' : '';
      } else if (tag === 24) isMonotonic = wire.varint(dataEnd) !== 0;
      else wire.skip(tag, knownData, dataEnd);
    }
    return { temporality, isMonotonic };
  };

  const envelope = readEnvelope(wire, (end, resource, scope) => {
    const metric = metrics.length;
    const at = wire.at;
    const name = findName(wire, end);
    wire.at = at;
    const unnamed = name.length === 0 ? needsName : '';
    let type: MetricType = 'gauge';
    let temporality: Temporality = '';
    let isMonotonic = false;
    let descriptionAt = 0;
    let descriptionLength = 0;
    let unitAt = 0;
    let unitLength = 0;
    while (wire.at < end) {
      const tag = wire.varint(end);
      const dataEnd = (tag & 7) === 2 ? wire.length(end) + wire.at : 0;
      switch (tag) {
        case 10:
        case 98:
          wire.at = dataEnd;
          break;
        case 18:
          descriptionAt = wire.at;
          descriptionLength = dataEnd - wire.at;
          wire.at = dataEnd;
          break;
        case 26:
          unitAt = wire.at;
          unitLength = dataEnd - wire.at;
          wire.at = dataEnd;
          break;
        case 42:
        case 58:
          type = tag === 42 ? 'gauge' : 'sum';
          ({ temporality, isMonotonic } = readData(dataEnd, pointEnd => {
            const point = readNumberPoint(wire, pointEnd, metric, attributes);
            accept(numbers, point, unnamed || (point.value === undefined && !point.noValue ? needsValue : ''));
          }));
          break;
        case 74:
          type = 'histogram';
          ({ temporality, isMonotonic } = readData(dataEnd, pointEnd => {
            const point = readHistogramPoint(wire, pointEnd, metric, attributes);
            accept(histograms, point, unnamed || (bucketsFit(point) ? '' : needsBuckets));
          }));
          break;
        case 82:
          type = 'exponential_histogram';
          ({ temporality, isMonotonic } = readData(dataEnd, pointEnd =>
            accept(exponentials, readExponentialPoint(wire, pointEnd, metric, attributes), unnamed),
          ));
          break;
        case 90:
          type = 'summary';
          ({ temporality, isMonotonic } = readData(dataEnd, pointEnd => {
            const from = wire.at;
            const point = readSummaryPoint(wire, pointEnd, metric, attributes);
            const { length } = point.quantiles;
            repeatedBytes += Math.max(0, pointEnd - from - length * quantileBytes) * length;
            accept(summaries, point, unnamed || (repeatedBytes > maxRepeatedBytes ? repeatsTooMuch : ''));
          }));
          break;
        default:
          if ((tag & 7) === 2) wire.at = dataEnd;
          else wire.skip(tag, knownMetric, end);
      }
    }
    metrics.push({
      at,
      length: end - at,
      resource,
      scope,
      nameAt: name.at,
      nameLength: name.length,
      descriptionAt,
      descriptionLength,
      unitAt,
      unitLength,
      type,
      temporality,
      isMonotonic,
    });
  });

  return {
    signal: 'metrics',
    items: accepted,
    rejected: points - accepted,
    rejectedReason,
    service: '',
    newestMs: newestMs === 0 ? undefined : newestMs,
    body,
    ...envelope,
    metrics,
    numbers,
    histograms,
    exponentials,
    summaries,
    attributes: attributes.take(),
  };
}

/** The name decides whether the points are accepted, and may stand after them. */
function findName(wire: WireReader, end: number): { readonly at: number; readonly length: number } {
  let at = 0;
  let length = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) {
      length = wire.length(end);
      at = wire.at;
      wire.at += length;
    } else wire.skip(tag, 0, end);
  }
  return { at, length };
}

function bucketsFit({ bounds, counts }: HistogramPoint): boolean {
  if (counts.length === 0 && bounds.length === 0) return true;
  return counts.length === bounds.length + 1 && bounds.every((bound, i) => i === 0 || bound > bounds[i - 1]!);
}
