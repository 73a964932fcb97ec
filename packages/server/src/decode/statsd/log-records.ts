import { logsRequest, type Group, type LogItem, type Value } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import type { StatsdEvent } from './event.js';
import { identityOf } from './identity.js';
import type { ServiceCheck } from './service-check.js';

/** SeverityNumber of OpenTelemetry. A check of unknown status is a warning: nobody knows that all is well. */
const severities = {
  error: [17, 'ERROR'],
  warning: [13, 'WARN'],
  info: [9, 'INFO'],
  success: [9, 'INFO'],
  ok: [9, 'INFO'],
  critical: [17, 'ERROR'],
  unknown: [13, 'WARN'],
} as const;

/** Events and service checks as log records with the event names `statsd.event` and `statsd.service_check`. */
export function logParts(readings: readonly (StatsdEvent | ServiceCheck)[], nowMs: number): readonly Part[] {
  if (readings.length === 0) return [];
  const groups = readings.map((reading): Group<LogItem> => {
    const { resource, attributes } = identityOf(reading, reading.host);
    const own = reading.is === 'event' ? eventAttributes(reading) : checkAttributes(reading);
    const [severityNumber, severityText] = severities[reading.is === 'event' ? reading.alertType : reading.status];
    const item: LogItem = {
      timeNs:
        reading.atSeconds === undefined
          ? BigInt(Math.trunc(nowMs)) * 1_000_000n
          : BigInt(reading.atSeconds) * 1_000_000_000n,
      severityNumber,
      severityText,
      body: reading.is === 'event' ? eventBody(reading) : checkBody(reading),
      attributes: [...own, ...attributes],
      eventName: reading.is === 'event' ? 'statsd.event' : 'statsd.service_check',
    };
    return { resource, items: [item] };
  });
  return [{ signal: 'logs', body: logsRequest(groups) }];
}

function eventBody({ title, text }: StatsdEvent): string {
  return text === '' ? title : `${title}\n${text}`;
}

function checkBody({ name, status, message }: ServiceCheck): string {
  return message === '' ? `${name} is ${status}` : message;
}

function eventAttributes(event: StatsdEvent): readonly (readonly [string, Value])[] {
  return [
    ['statsd.event.title', event.title],
    ['statsd.event.alert_type', event.alertType],
    ['statsd.event.priority', event.priority],
    ['statsd.event.aggregation_key', event.aggregationKey || undefined],
    ['statsd.event.source_type', event.sourceType || undefined],
  ];
}

function checkAttributes(check: ServiceCheck): readonly (readonly [string, Value])[] {
  return [
    ['statsd.service_check.name', check.name],
    ['statsd.service_check.status', check.status],
  ];
}
