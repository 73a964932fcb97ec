import type { LogItem } from '../otlp-writer.js';
import { cut, put, type AttributeMap } from './attribute-map.js';
import { jsonText, numberIn, objectOf, textOf, type JsonObject } from './exact-json.js';
import { putContexts, putRequest, putTags, putUser } from './event-scope.js';
import { eventIdOf, spanIdOf, traceIdOf } from './ids.js';
import { timeNs } from './sentry-time.js';
import { severityOf } from './severity.js';

/** Items that are events of a kind of their own: each becomes a log record that its event name tells apart. */

interface Arrival {
  readonly dsc: JsonObject;
  /** When the envelope was sent, else when it came. */
  readonly sentNs: bigint;
}

/** A cron job says that it runs, or how it went (https://develop.sentry.dev/sdk/telemetry/check-ins/). */
export function checkIn(item: JsonObject, { dsc, sentNs }: Arrival): LogItem | string {
  const slug = textOf(item, 'monitor_slug');
  const status = textOf(item, 'status');
  if (slug === undefined || status === undefined) return 'has no monitor_slug and status';
  const attributes: AttributeMap = new Map();
  put(attributes, 'sentry.monitor.slug', slug);
  put(attributes, 'sentry.check_in.status', status);
  put(attributes, 'sentry.check_in.id', textOf(item, 'check_in_id'));
  const durationS = numberIn(item, 'duration');
  put(attributes, 'sentry.check_in.duration_s', durationS === undefined ? undefined : { double: durationS });
  const config = objectOf(item, 'monitor_config');
  if (config.size > 0) put(attributes, 'sentry.monitor.config', cut(jsonText(config), 8192));
  const trace = objectOf(objectOf(item, 'contexts'), 'trace');
  const hasFailed = /^(error|missed|timeout)$/.test(status);
  return {
    timeNs: timeNs(item.get('timestamp')) ?? sentNs,
    severityNumber: hasFailed ? 17 : 9,
    severityText: hasFailed ? 'error' : 'info',
    body: `${slug}: ${status}`,
    attributes,
    traceId: traceIdOf(trace.get('trace_id')) ?? traceIdOf(dsc.get('trace_id')),
    spanId: spanIdOf(trace.get('span_id')),
    eventName: 'sentry.check_in',
  };
}

/** What a user wrote, in today's form (https://develop.sentry.dev/sdk/telemetry/feedbacks/). */
export function feedback(event: JsonObject, { dsc, sentNs }: Arrival): LogItem | string {
  const contexts = objectOf(event, 'contexts');
  const said = objectOf(contexts, 'feedback');
  const message = textOf(said, 'message');
  if (message === undefined) return 'has no contexts.feedback.message';
  const attributes: AttributeMap = new Map();
  put(attributes, 'user.email', textOf(said, 'contact_email'));
  put(attributes, 'user.full_name', textOf(said, 'name'));
  put(attributes, 'url.full', textOf(said, 'url'));
  put(attributes, 'sentry.feedback.source', textOf(said, 'source'));
  put(attributes, 'sentry.feedback.of_event_id', eventIdOf(said.get('associated_event_id')));
  put(attributes, 'sentry.replay_id', textOf(said, 'replay_id'));
  put(attributes, 'sentry.event_id', eventIdOf(event.get('event_id')));
  putRequest(attributes, objectOf(event, 'request'));
  putUser(attributes, objectOf(event, 'user'));
  putContexts(attributes, new Map([...contexts].filter(([name]) => name !== 'feedback')));
  putTags(attributes, event.get('tags'));
  const trace = objectOf(contexts, 'trace');
  return {
    timeNs: timeNs(event.get('timestamp')) ?? sentNs,
    ...severityOf(textOf(event, 'level') ?? 'info'),
    body: cut(message, 32_768),
    attributes,
    traceId: traceIdOf(trace.get('trace_id')) ?? traceIdOf(dsc.get('trace_id')),
    spanId: spanIdOf(trace.get('span_id')),
    eventName: 'user.feedback',
  };
}

/** The same in the form of before, about one event. */
export function userReport(report: JsonObject, { sentNs }: Arrival): LogItem | string {
  const comments = textOf(report, 'comments');
  if (comments === undefined) return 'has no comments';
  const attributes: AttributeMap = new Map();
  put(attributes, 'user.email', textOf(report, 'email'));
  put(attributes, 'user.full_name', textOf(report, 'name'));
  put(attributes, 'sentry.feedback.of_event_id', eventIdOf(report.get('event_id')));
  return {
    timeNs: sentNs,
    ...severityOf('info'),
    body: cut(comments, 32_768),
    attributes,
    eventName: 'user.feedback',
  };
}
