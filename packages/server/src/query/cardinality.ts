import type { CardinalityAnswer } from '@bellwether/model';
import { ask, type Asker } from './asker.js';
import type { TimeWindow } from './time-window.js';

type Metrics = Pick<CardinalityAnswer, 'series' | 'metrics'>;

const maxMetrics = 50;
const maxLabels = 8;

/** Series seen in the window: a series has one row per day that says when it was last written. */
const seen = "workspace = {workspace:String} AND last_seen >= fromUnixTimestamp64Milli({dayMs:Int64}, 'UTC')";

const dayMs = 86_400_000;

/** Which metrics have the most series, and which labels make them so many. */
export async function readCardinality(asker: Asker, { fromMs }: TimeWindow): Promise<Metrics> {
  const params = { dayMs: Math.floor(fromMs / dayMs) * dayMs };
  const [all, metrics] = await Promise.all([
    ask<{ series: string }>(asker, {
      sql: `SELECT toString(uniqExact(metric, id)) AS series\nFROM metric_series\nWHERE ${seen}`,
      params,
    }),
    ask<{ metric: string; type: string; services: readonly string[]; series: string }>(asker, {
      sql: `SELECT metric, any(type) AS type, groupUniqArray(5)(service) AS services, toString(uniqExact(id)) AS series
FROM metric_series
WHERE ${seen}
GROUP BY metric
ORDER BY uniqExact(id) DESC, metric
LIMIT ${maxMetrics}`,
      params,
    }),
  ]);
  const labels = await ask<{ metric: string; key: string; values: string; examples: readonly string[] }>(asker, {
    sql: `SELECT metric, key, toString(uniq(value)) AS values, groupUniqArray(3)(substring(value, 1, 200)) AS examples
FROM metric_series
ARRAY JOIN mapKeys(attrs) AS key, mapValues(attrs) AS value
WHERE ${seen} AND metric IN {metrics:Array(String)}
GROUP BY metric, key
ORDER BY metric, uniq(value) DESC, key
LIMIT ${maxLabels} BY metric`,
    params: { ...params, metrics: metrics.map(({ metric }) => metric) },
  });
  return {
    series: Number(all[0]?.series ?? 0),
    metrics: metrics.map(({ metric, type, services, series }) => ({
      metric,
      type,
      services: services.filter(service => service !== ''),
      series: Number(series),
      labels: labels
        .filter(label => label.metric === metric)
        .map(({ key, values, examples }) => ({ key, values: Number(values), examples: [...examples] })),
    })),
  };
}
