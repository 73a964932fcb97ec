import type { EnvironmentReader } from './environment.js';
import { unreadOtelVariables, type UnreadVariables } from './otel-variables.js';

const alerting =
  'alerts are not sent by the application; put it into a receiver of alertmanager.yml, whose rules read these metrics (bellwether_threshold_seconds has the thresholds)';
const agentKey = "the key is the Datadog agent's: set DD_API_KEY where it runs; nothing is sent to Datadog past it";
const ownRedis = 'your own connection; what goes over it is seen by the instrumentation of the client';
const byCode = 'always on: what your code tells is recorded, what it does not costs nothing';

/**
 * Variables that observability set-ups have and that mean nothing to this process: what took their place. Values are not looked at, for some are secrets.
 * `isAsked`: whoever set it expects something to happen, so it is said at the start.
 */
const keysOfOthers: readonly UnreadVariables[] = [
  ...unreadOtelVariables,
  { keys: ['DATADOG_API_KEY'], answer: agentKey, isAsked: true },
  {
    keys: ['DATADOG_APP_KEY'],
    answer: "it only reads Datadog's API, which an application does not",
    isAsked: false,
  },
  {
    keys: ['START_TIME'],
    answer: 'measured: `process.uptime`, and the event `app.startup`',
    isAsked: false,
  },
  { keys: ['REDIS_HOST', 'REDIS_PORT', 'REDIS_PASSWORD'], answer: ownRedis, isAsked: false },
  {
    keys: [
      'PERFORMANCE_ALERT_EMAIL_ENABLED',
      'PERFORMANCE_ALERT_EMAIL_RECIPIENTS',
      'PERFORMANCE_ALERT_SLACK_ENABLED',
      'PERFORMANCE_ALERT_SLACK_WEBHOOK_URL',
      'owner_phone',
      'OWNER_PHONE',
    ],
    answer: alerting,
    isAsked: true,
  },
  { keys: ['ENABLE_BUSINESS_METRICS', 'enable_business_metrics'], answer: byCode, isAsked: false },
  {
    keys: ['ENABLE_ALERTING', 'enable_alerting', 'ENABLE_SLA_MONITORING', 'enable_sla_monitoring'],
    answer: alerting,
    isAsked: true,
  },
  {
    keys: ['CREATE_DASHBOARDS', 'create_dashboards'],
    answer: "Bellwether's dashboards are there without being asked; nothing is created from here",
    isAsked: false,
  },
  {
    keys: ['LOG_LEVEL'],
    answer: "your logger's; all that it writes is sent, and nothing that it leaves out",
    isAsked: false,
  },
];

export interface KeyOfOthers {
  readonly key: string;
  readonly answer: string;
  readonly isAsked: boolean;
}

/** Those that are set. `false` asks for nothing. */
export function keysOfOthersIn(read: EnvironmentReader): readonly KeyOfOthers[] {
  return keysOfOthers.flatMap(({ keys, answer, isAsked }) =>
    keys.flatMap(key => {
      const value = read.text(key);
      if (value === undefined) return [];
      const isOff = ['false', '0', 'no', 'off'].includes(value.toLowerCase());
      return [{ key, answer, isAsked: isAsked && !isOff }];
    }),
  );
}
