import { activeRecorder } from '../core/active-recorder.js';
import { exceptionAttributes } from '../core/span-detail.js';
import type { HealthStatus } from './check.js';
import type { CheckOutcome } from './check-runner.js';

const severities = { healthy: 9, degraded: 13, unhealthy: 17 } as const;
const severityTexts = { healthy: 'INFO', degraded: 'WARN', unhealthy: 'ERROR' } as const;

/**
 * Tells of one check: its status and duration as metrics, and each change of its status as a log record with the error, which the public answer keeps
 * to itself.
 */
export function checkTelemetry(name: string): (outcome: CheckOutcome) => void {
  let before: HealthStatus = 'healthy';
  return ({ status, critical, durationMs, error }) => {
    const changed = status !== before;
    const previous = before;
    before = status;
    const recorder = activeRecorder();
    if (recorder === undefined) return;
    try {
      const { metrics } = recorder;
      const scope = '@bellwether/node';
      const labels = { 'health.check': name };
      metrics
        .metric({
          name: 'health.check.status',
          kind: 'gauge',
          unit: '',
          description: '1 healthy, 0.5 degraded, 0 unhealthy',
          scope,
        })
        .point(labels).value = { healthy: 1, degraded: 0.5, unhealthy: 0 }[status];
      metrics
        .metric({ name: 'health.check.duration', kind: 'histogram', unit: 's', description: 'Time of checks', scope })
        .point(labels)
        .histogram?.record(durationMs / 1000);
      if (!changed) return;
      recorder.log({
        severity: severities[status],
        severityText: severityTexts[status],
        body: `health check ${name} is ${status}`,
        attributes: {
          'health.check': name,
          'health.status': status,
          'health.previous_status': previous,
          'health.critical': critical,
          ...(error === undefined ? {} : exceptionAttributes(error)),
        },
        eventName: 'health.changed',
      });
    } catch {
      recorder.fault('health');
    }
  };
}
