import type { Level } from '../log-line.js';

/** By syslog's severity, 0 to 7: its word, and OpenTelemetry's number for it (https://opentelemetry.io/docs/specs/otel/logs/data-model-appendix/#appendix-b-severitynumber-example-mappings). */
export const severities: readonly Level[] = [
  { text: 'emerg', number: 21 },
  { text: 'alert', number: 19 },
  { text: 'crit', number: 18 },
  { text: 'err', number: 17 },
  { text: 'warning', number: 13 },
  { text: 'notice', number: 10 },
  { text: 'info', number: 9 },
  { text: 'debug', number: 5 },
];
