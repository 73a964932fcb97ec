import { exemplarOf, type PointExemplar } from '../../core/exemplars.js';
import type { ExponentialHistogram } from '../../core/exponential-histogram.js';
import type { Metric, Metrics, Point } from '../../core/metrics.js';
import { seriesLabels } from '../series-labels.js';
import type { Family, Sample } from './family.js';
import { familyName, labelName } from './names.js';

const types = { counter: 'counter', upDownCounter: 'gauge', gauge: 'gauge', histogram: 'histogram' } as const;

/** Our metrics; those of one name from several scopes are one family, told apart by the label `otel_scope_name`. */
export function ownFamilies(metrics: Metrics, ownScope: string): readonly Family[] {
  const families = new Map<string, { readonly type: Family['type']; readonly help: string; samples: Sample[] }>();
  for (const metric of metrics.all.values()) {
    const { name, unit, kind, description, scope } = metric.definition;
    const shown = familyName(name, unit, kind);
    const type = types[kind];
    const known = families.get(shown);
    // Two kinds under one name cannot be told apart by who reads it; the first stays.
    if (known !== undefined && known.type !== type) continue;
    const family = known ?? { type, help: description, samples: [] };
    const [scopeName = ''] = scope.split('\n');
    const more: Sample['labels'] = scope === ownScope ? [] : [['otel_scope_name', scopeName]];
    for (const point of metric.points.values()) family.samples.push(...samplesOf(metric, point, more));
    if (family.samples.length > 0) families.set(shown, family);
  }
  return [...families].map(([name, family]) => ({ name, ...family }));
}

/** The resource, as https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#resource-attributes-1 asks for it. */
export function targetInfo(resource: Readonly<Record<string, string | number>>): Family {
  const labels = joined(Object.entries(resource).map(([name, value]) => [name, String(value)] as const));
  return { name: 'target_info', type: 'gauge', help: 'Target metadata', samples: [{ suffix: '', labels, value: 1 }] };
}

function samplesOf({ definition }: Metric, point: Point, more: Sample['labels']): readonly Sample[] {
  const labels = [...joined([...seriesLabels(point, definition.kind)]), ...more];
  const { histogram } = point;
  if (histogram !== undefined)
    return histogram.count === 0 ? [] : buckets(histogram, definition.unit, labels, exemplarOf(point));
  return [{ suffix: definition.kind === 'counter' ? '_total' : '', labels, value: point.value }];
}

/** Names that become the same label share it, their values between semicolons. */
function joined(attributes: readonly (readonly [string, string])[]): readonly (readonly [string, string])[] {
  const labels = new Map<string, string>();
  for (const [name, value] of attributes) {
    const label = labelName(name);
    const before = labels.get(label);
    labels.set(label, before === undefined ? value : `${before};${value}`);
  }
  return [...labels];
}

/**
 * Upper bounds by unit: powers of two (of √2 for times), which are bounds of our exponential buckets as well, unless values spread over more than 80 doublings: so each
 * count is exact, and comparable over time.
 */
const bounds = {
  seconds: powers(-20, 14, 2),
  others: powers(0, 31, 1),
} as const;

function powers(from: number, to: number, scale: number): readonly number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => 2 ** ((from + index) / scale));
}

function buckets(
  histogram: ExponentialHistogram,
  unit: string,
  labels: Sample['labels'],
  kept: PointExemplar | undefined,
): readonly Sample[] {
  let exemplar = kept === undefined ? undefined : shownExemplar(kept);
  /** It stands in the first bucket that its value falls into. */
  const exemplarUpTo = (bound: number): Sample['exemplar'] => {
    if (exemplar === undefined || exemplar.value > bound) return undefined;
    const shown = exemplar;
    exemplar = undefined;
    return shown;
  };
  const samples: Sample[] = [];
  let at = 0;
  let below = histogram.zeroCount;
  for (const bound of unit === 's' ? bounds.seconds : bounds.others) {
    // Bucket i reaches up to 2^((i + 1) / 2^scale).
    const last = Math.round(Math.log2(bound) * 2 ** histogram.scale) - 1 - histogram.offset;
    while (at <= last && at < histogram.counts.length) below += histogram.counts[at++] ?? 0;
    samples.push({
      suffix: '_bucket',
      labels: [...labels, ['le', boundText(bound)]],
      value: below,
      exemplar: exemplarUpTo(bound),
    });
  }
  return [
    ...samples,
    {
      suffix: '_bucket',
      labels: [...labels, ['le', '+Inf']],
      value: histogram.count,
      exemplar: exemplarUpTo(Infinity),
    },
    { suffix: '_sum', labels, value: histogram.sum },
    { suffix: '_count', labels, value: histogram.count },
  ];
}

function shownExemplar({ traceId, spanId, value, unixMs }: PointExemplar): NonNullable<Sample['exemplar']> {
  return {
    labels: [
      ['trace_id', traceId],
      ['span_id', spanId],
    ],
    value,
    unixSeconds: unixMs / 1000,
  };
}

/** A float, as OpenMetrics wants bounds to be. */
function boundText(bound: number): string {
  const text = String(Number.isInteger(bound) ? bound : Number(bound.toPrecision(6)));
  return /[.e]/.test(text) ? text : `${text}.0`;
}
