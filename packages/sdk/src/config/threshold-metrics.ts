import type { Metrics } from '../core/metrics.js';
import type { Config } from './config.js';

/**
 * The thresholds as series, so that an alert rule need not repeat them:
 * `histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket[5m]))) > scalar(max(bellwether_threshold_seconds{threshold="api.p95"}))`.
 */
export function publishThresholds(metrics: Metrics, { thresholds, slowRequests, slowQueries }: Config): void {
  const scope = '@bellwether/node';
  const seconds = metrics.metric({
    name: 'bellwether.threshold',
    unit: 's',
    description: 'From when on something counts as slow, as configured',
    kind: 'gauge',
    scope,
  });
  const shares = metrics.metric({
    name: 'bellwether.threshold.share',
    unit: '1',
    description: 'From which share on something is too much, as configured',
    kind: 'gauge',
    scope,
  });
  seconds.point({ threshold: 'api.p95' }).value = thresholds.apiP95Ms / 1000;
  seconds.point({ threshold: 'api.p99' }).value = thresholds.apiP99Ms / 1000;
  seconds.point({ threshold: 'request.slow' }).value = slowRequests.defaultMs / 1000;
  seconds.point({ threshold: 'query.slow' }).value = slowQueries.defaultMs / 1000;
  shares.point({ threshold: 'db.pool.utilization' }).value = thresholds.poolUtilization;
  shares.point({ threshold: 'error.ratio' }).value = thresholds.errorRatio;
}
