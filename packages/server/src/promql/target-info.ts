import { type Labels, type RawSeries, compareText, metricName } from '@bellwether/promql';
import { z } from 'zod';
import { prometheusLabel } from './prometheus-names.js';
import { type Reader, compactRows } from './reader.js';

/** A resource as the series `target_info` shows it: what it is as labels. */
export interface TargetInfo {
  readonly labels: Labels;
  /** When it was last seen, to the day. */
  readonly lastSeenMs: number;
}

const resourceRow = z.tuple([z.array(z.string()), z.array(z.string()), z.coerce.number()]);
const maxResources = 10_000;

/** Attributes that `job` and `instance` are made of. */
const identifying: ReadonlySet<string> = new Set(['service.name', 'service.namespace', 'service.instance.id']);

/** The resources that sent metrics. */
export async function readTargetInfo(reader: Reader): Promise<readonly TargetInfo[]> {
  const rows = compactRows(
    await reader.read({
      sql: `SELECT mapKeys(attrs), mapValues(attrs), toString(toUnixTimestamp64Milli(last_seen))
FROM resources
WHERE workspace = {workspace:String} AND id IN (SELECT DISTINCT resource_id FROM metric_series WHERE workspace = {workspace:String} AND resource_id != 0)
ORDER BY id, last_seen DESC
LIMIT 1 BY id
LIMIT ${maxResources}`,
      params: {},
    }),
  );
  return rows.map(row => {
    const [keys, values, lastSeenMs] = resourceRow.parse(row);
    return { labels: labelsOf(new Map(keys.map((key, at) => [key, values[at] ?? '']))), lastSeenMs };
  });
}

function labelsOf(attributes: ReadonlyMap<string, string>): Labels {
  const namespace = attributes.get('service.namespace') ?? '';
  const service = attributes.get('service.name') ?? '';
  const labels = new Map<string, string>();
  for (const [key, value] of [...attributes].sort(([a], [b]) => compareText(a, b))) {
    if (identifying.has(key)) continue;
    const label = prometheusLabel(key);
    const before = labels.get(label);
    labels.set(label, before === undefined ? value : `${before};${value}`);
  }
  labels.set(metricName, 'target_info');
  labels.set('job', namespace === '' ? service : `${namespace}/${service}`);
  labels.set('instance', attributes.get('service.instance.id') ?? '');
  return [...labels]
    .filter(([, value]) => value !== '')
    .sort(([a], [b]) => compareText(a, b))
    .flat();
}

const dayMs = 86_400_000;
const shortSpacingMs = 60_000;
const longSpacingMs = 240_000;

/**
 * The samples of `target_info`: 1 from the beginning of what is asked for to the end of the day on which the resource was last seen. The store does
 * not keep when a resource came and went more exactly; what it is joined with does.
 */
export function targetInfoSeries(
  infos: readonly TargetInfo[],
  startMs: number,
  endMs: number,
  nowMs: number,
): readonly RawSeries[] {
  const byEnd = new Map<number, Pick<RawSeries, 'timesMs' | 'values'>>();
  return infos.flatMap(({ labels, lastSeenMs }) => {
    const lastMs = Math.min(endMs, Math.max(nowMs, lastSeenMs), (Math.floor(lastSeenMs / dayMs) + 1) * dayMs);
    let columns = byEnd.get(lastMs);
    if (columns === undefined) byEnd.set(lastMs, (columns = ones(startMs, lastMs)));
    return columns.timesMs.length === 0 ? [] : [{ labels, ...columns, histogramTimesMs: noTimes, histograms: [] }];
  });
}

const noTimes = new Float64Array(0);

/** A 1 now and then, closer than a sample is believed. */
function ones(startMs: number, endMs: number): Pick<RawSeries, 'timesMs' | 'values'> {
  // Nothing was sent before telemetry was invented; who asks for "always" gets the last year.
  const fromMs = Math.max(startMs, endMs - 366 * dayMs);
  const spacingMs = endMs - fromMs > dayMs ? longSpacingMs : shortSpacingMs;
  const first = Math.ceil(fromMs / spacingMs) * spacingMs;
  const count = endMs < fromMs ? 0 : Math.max(0, Math.floor((endMs - first) / spacingMs) + 1);
  const inner = Array.from({ length: count }, (_, at) => first + at * spacingMs);
  const times = new Set([Math.ceil(fromMs), ...inner, Math.floor(endMs)].filter(ms => ms >= fromMs && ms <= endMs));
  const timesMs = Float64Array.from([...times].sort((a, b) => a - b));
  return { timesMs, values: new Float64Array(timesMs.length).fill(1) };
}
