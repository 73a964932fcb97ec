import { type Matcher, metricName } from '@bellwether/promql';
import { z } from 'zod';
import { prometheusName } from './prometheus-names.js';
import { type Reader, compactRows } from './reader.js';
import type { Matching } from './matching.js';

/** What a name stands for: a stored metric, and which part of its rows. */
export interface Exposure {
  /** The value of `__name__`. */
  readonly name: string;
  /** As it stands in `metric_series`. */
  readonly metric: string;
  readonly origin: 'prometheus' | 'otlp';
  /**
   * `samples`: floats (and Prometheus' native histograms); `histogram`: OpenTelemetry's as native ones;
   * `bucket`, `sum`, `count`: an explicit-bucket histogram as classic series; `targetInfo`: a series per resource.
   */
  readonly view: 'samples' | 'histogram' | 'bucket' | 'sum' | 'count' | 'targetInfo';
  /** Attributes keep their names: for who asks for an OpenTelemetry metric by the name it came with. */
  readonly keepsNames: boolean;
  readonly type: string;
  readonly unit: string;
  readonly isMonotonic: boolean;
}

/** A metric as lists of names show it. */
export interface Family {
  /** In Prometheus' form, without `_bucket`, `_sum` and `_count`. */
  readonly name: string;
  /** As it came. */
  readonly metric: string;
  /** `spans`: nobody sent it, it is made of the spans. */
  readonly origin: 'prometheus' | 'otlp' | 'spans';
  /** In Prometheus' words: counter, gauge, histogram, summary, unknown. */
  readonly type: string;
  readonly unit: string;
  readonly help: string;
  readonly series: number;
  readonly lastSeenMs: number;
}

/** All names of a workspace. */
export interface Catalogue {
  /** Names that are shown, with what each stands for. */
  readonly listed: ReadonlyMap<string, readonly Exposure[]>;
  /** More names that can be asked for: OpenTelemetry's own. */
  readonly unlisted: ReadonlyMap<string, readonly Exposure[]>;
  readonly families: readonly Family[];
}

const maxMetrics = 200_000;

const metricRow = z.tuple([
  z.string(),
  z.number(),
  z.string(),
  z.string(),
  z.number(),
  z.string(),
  z.coerce.number(),
  z.coerce.number(),
]);

const familyRow = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/** Reads which metrics the workspace has. Metrics of OpenTelemetry that differ in unit or type stand apart: they have different names in Prometheus' form. */
export async function readCatalogue(reader: Reader): Promise<Catalogue> {
  const [metrics, metadata] = await Promise.all([
    reader.read({
      sql: `SELECT metric, otlp, kind.1, kind.2, kind.3, argMax(description, last_seen), count(), toUnixTimestamp64Milli(max(last_seen))
FROM (
  SELECT metric, toUInt8(resource_id != 0) AS otlp, if(otlp, (toString(type), toString(unit), toUInt8(monotonic)), ('', '', toUInt8(0))) AS kind,
    toString(description) AS description, last_seen
  FROM metric_series
  WHERE workspace = {workspace:String}
)
GROUP BY metric, otlp, kind
ORDER BY metric
LIMIT ${maxMetrics}`,
      params: {},
    }),
    reader.read({
      sql: `SELECT metric, argMax(toString(type), last_seen), argMax(toString(unit), last_seen), argMax(toString(help), last_seen)
FROM (
  SELECT metric, type, unit, help, last_seen FROM metric_metadata WHERE workspace = {workspace:String}
  UNION ALL
  SELECT metric, type, unit, description AS help, last_seen FROM metric_series WHERE workspace = {workspace:String} AND resource_id = 0 AND type != ''
)
GROUP BY metric
LIMIT ${maxMetrics}`,
      params: {},
    }),
  ]);
  const described = new Map<string, Described>();
  for (const row of compactRows(metadata)) {
    const [metric, type, unit, help] = familyRow.parse(row);
    described.set(metric, { type, unit, help });
  }

  const listed = new Map<string, Exposure[]>();
  const unlisted = new Map<string, Exposure[]>();
  const families: Family[] = [];
  let hasResources = false;
  for (const row of compactRows(metrics)) {
    const [metric, otlp, type, unit, monotonic, help, series, lastSeenMs] = metricRow.parse(row);
    if (otlp === 0) {
      const known = describedAs(metric, described);
      put(listed, {
        name: metric,
        metric,
        origin: 'prometheus',
        view: 'samples',
        keepsNames: true,
        type: '',
        unit: '',
        isMonotonic: false,
      });
      families.push({
        name: metric,
        metric,
        origin: 'prometheus',
        type: known?.type === undefined || known.type === '' ? 'unknown' : known.type,
        unit: known?.unit ?? '',
        help: known?.help ?? help,
        series,
        lastSeenMs,
      });
      continue;
    }
    hasResources = true;
    const stored = { metric, type, unit, isMonotonic: monotonic === 1 };
    const name = exposedName(stored);
    for (const exposure of exposuresOf(stored, name, false)) put(listed, exposure);
    if (name !== metric) for (const exposure of exposuresOf(stored, metric, true)) put(unlisted, exposure);
    families.push({
      name,
      metric,
      origin: 'otlp',
      type: prometheusType(stored),
      unit,
      help,
      series,
      lastSeenMs,
    });
  }
  if (hasResources) put(listed, targetInfo);
  return { listed, unlisted, families };
}

/** What an exposition said of the family that a series' name belongs to: `x_bucket` belongs to `x`. */
function describedAs(metric: string, described: ReadonlyMap<string, Described>): Described | undefined {
  const own = described.get(metric);
  if (own !== undefined) return own;
  const base = /^(.*)_(?:bucket|sum|count|total|created|info)$/.exec(metric)?.[1];
  return base === undefined ? undefined : described.get(base);
}

interface Described {
  readonly type: string;
  readonly unit: string;
  readonly help: string;
}

interface StoredMetric {
  readonly metric: string;
  readonly type: string;
  readonly unit: string;
  readonly isMonotonic: boolean;
}

/** The sum and the count of a summary are stored under names of their own; their unit stands before the ending. */
function exposedName({ metric, type, unit, isMonotonic }: StoredMetric): string {
  const ending = type === 'summary' ? /_(?:sum|count)$/.exec(metric)?.[0] : undefined;
  if (ending === undefined) return prometheusName({ name: metric, type, unit, isMonotonic });
  const name = metric.slice(0, -ending.length);
  return prometheusName({ name, type, unit, isMonotonic }) + ending;
}

function exposuresOf(stored: StoredMetric, name: string, keepsNames: boolean): readonly Exposure[] {
  const base = { ...stored, origin: 'otlp', keepsNames } as const;
  if (stored.type === 'exponential_histogram') return [{ ...base, name, view: 'histogram' }];
  if (stored.type !== 'histogram') return [{ ...base, name, view: 'samples' }];
  return [
    { ...base, name, view: 'histogram' },
    { ...base, name: `${name}_bucket`, view: 'bucket' },
    { ...base, name: `${name}_sum`, view: 'sum' },
    { ...base, name: `${name}_count`, view: 'count' },
  ];
}

const targetInfo: Exposure = {
  name: 'target_info',
  metric: '',
  origin: 'otlp',
  view: 'targetInfo',
  keepsNames: false,
  type: 'gauge',
  unit: '',
  isMonotonic: false,
};

function prometheusType({ type, isMonotonic }: StoredMetric): string {
  if (type === 'sum') return isMonotonic ? 'counter' : 'gauge';
  return type === 'exponential_histogram' ? 'histogram' : type;
}

function put(map: Map<string, Exposure[]>, exposure: Exposure): void {
  const there = map.get(exposure.name);
  if (there === undefined) map.set(exposure.name, [exposure]);
  else there.push(exposure);
}

/** What the matchers of `__name__` mean. A name asked for as it is may be one of OpenTelemetry's; patterns look at the names that are listed. */
export function exposuresFor(
  { listed, unlisted }: Catalogue,
  matchers: readonly Matcher[],
  matching: Matching,
): readonly Exposure[] {
  const own = matchers.filter(({ name }) => name === metricName);
  const exact = own.find(({ op, value }) => op === '=' && value !== '');
  if (exact !== undefined) {
    const isMeant = own.every(matcher => matching.matches(matcher, exact.value));
    return isMeant ? (listed.get(exact.value) ?? unlisted.get(exact.value) ?? []) : [];
  }
  const found: Exposure[] = [];
  for (const [name, exposures] of listed) {
    if (own.every(matcher => matching.matches(matcher, name))) found.push(...exposures);
  }
  return found;
}
