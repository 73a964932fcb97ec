import type { LogItem } from '../otlp-writer.js';
import { cut, put, putAll, valueOf, type AttributeMap } from './attribute-map.js';
import {
  asText,
  isList,
  isObject,
  jsonText,
  jsonTextUpTo,
  objectOf,
  textOf,
  type Json,
  type JsonObject,
} from './exact-json.js';
import { breadcrumbsText, putContexts, putRequest, putTags, putUser } from './event-scope.js';
import { carriesOnlyAStack, exceptionsOf, putException, stackWithoutException, typeOf } from './exception.js';
import { eventIdOf, spanIdOf, traceIdOf } from './ids.js';
import { timeNs } from './sentry-time.js';
import { severityOf } from './severity.js';
import { putSampling, routeOf } from './transaction.js';

/**
 * An event (https://develop.sentry.dev/sdk/foundations/transport/event-payloads/) as a log record: event name `exception` when something was thrown,
 * `message` otherwise.
 */
export function eventLog(
  event: JsonObject,
  { dsc, receivedNs }: { readonly dsc: JsonObject; readonly receivedNs: bigint },
): LogItem {
  const attributes: AttributeMap = new Map();
  const all = exceptionsOf(event);
  const message = messageOf(event);
  const isMessage = all.length === 0 || (message !== undefined && all.every(carriesOnlyAStack));
  const exceptions = isMessage ? [] : all;
  const thrown = exceptions.at(-1);

  putException(attributes, exceptions, event);
  if (isMessage) {
    const holder = all.at(-1) ?? event;
    put(attributes, 'exception.stacktrace', stackWithoutException(holder, message?.text ?? ''));
  }
  put(attributes, 'sentry.event_id', eventIdOf(event.get('event_id')));
  put(attributes, 'sentry.logger', textOf(event, 'logger'));
  put(attributes, 'sentry.transaction', textOf(event, 'transaction'));
  put(attributes, 'sentry.culprit', textOf(event, 'culprit'));
  if (textOf(objectOf(event, 'transaction_info'), 'source') === 'route')
    put(attributes, 'http.route', routeOf(textOf(event, 'transaction') ?? ''));
  const fingerprint = event.get('fingerprint');
  if (isList(fingerprint))
    put(
      attributes,
      'sentry.fingerprint',
      fingerprint.map(asText).filter(text => text !== undefined),
    );
  if (message?.template !== undefined) {
    put(attributes, 'sentry.message.template', message.template);
    message.parameters.forEach(([name, value]) => put(attributes, `sentry.message.parameter.${name}`, value));
  }
  const { trace, traceId } = traceOf(event, dsc);
  put(attributes, 'sentry.op', textOf(trace, 'op'));
  putSampling(attributes, dsc);
  putRequest(attributes, objectOf(event, event.has('request') ? 'request' : 'sentry.interfaces.Http'));
  putUser(attributes, objectOf(event, event.has('user') ? 'user' : 'sentry.interfaces.User'));
  putContexts(attributes, objectOf(event, 'contexts'));
  putTags(attributes, event.get('tags'));
  putAll(attributes, 'sentry.extra.', objectOf(event, 'extra'));
  put(attributes, 'sentry.breadcrumbs', breadcrumbsText(event.get('breadcrumbs')));
  put(attributes, 'sentry.debug_images', debugImages(event));

  const level = textOf(event, 'level') ?? (isMessage ? 'info' : 'error');
  return {
    timeNs: timeNs(event.get('timestamp')) ?? receivedNs,
    ...severityOf(level),
    body: cut(
      message?.text ??
        (thrown && (textOf(thrown, 'value') ?? typeOf(thrown))) ??
        textOf(event, 'transaction') ??
        textOf(event, 'culprit') ??
        '(no message)',
      32_768,
    ),
    attributes,
    traceId,
    spanId: spanIdOf(trace.get('span_id')),
    eventName: isMessage ? 'message' : 'exception',
  };
}

/** The trace that something happened in: its own, else its envelope's. */
function traceOf(
  event: JsonObject,
  dsc: JsonObject,
): { readonly trace: JsonObject; readonly traceId: Uint8Array | undefined } {
  const trace = objectOf(objectOf(event, 'contexts'), 'trace');
  return { trace, traceId: traceIdOf(trace.get('trace_id')) ?? traceIdOf(dsc.get('trace_id')) };
}

interface Message {
  readonly text: string;
  readonly template: string | undefined;
  readonly parameters: readonly (readonly [string, ReturnType<typeof valueOf>])[];
}

/** The event's own words: `message` or `logentry`, as a text or with parameters. */
function messageOf(event: JsonObject): Message | undefined {
  for (const name of ['logentry', 'message', 'sentry.interfaces.Message']) {
    const entry = event.get(name);
    if (!isObject(entry)) {
      const text = asText(entry);
      if (text !== undefined) return { text, template: undefined, parameters: [] };
      continue;
    }
    const template = textOf(entry, 'message');
    const formatted = textOf(entry, 'formatted');
    const params = entry.get('params');
    const text = formatted ?? (template === undefined ? undefined : filled(template, params));
    if (text === undefined) continue;
    const named: readonly (readonly [string, Json])[] = isList(params)
      ? params.map((value, i) => [String(i), value])
      : isObject(params)
        ? [...params]
        : [];
    return {
      text,
      template: named.length > 0 ? template : undefined,
      parameters: named.slice(0, 50).map(([key, value]) => [key, valueOf(value)]),
    };
  }
  return undefined;
}

/** A template with its parameters put in: `%s`, `%(name)s`, `{}` and `{name}`. */
function filled(template: string, params: Json | undefined): string {
  if (!isList(params) && !isObject(params)) return template;
  let next = 0;
  return cut(template, 8192).replaceAll(
    /%\((\w+)\)[sdifr]|%[sdifr]|\{(\w*)\}/g,
    (place, percentName?: string, braceName?: string) => {
      const name = percentName ?? braceName ?? '';
      const value = isObject(params) ? params.get(name) : params[/^\d+$/.test(name) ? Number(name) : next++];
      return value === undefined ? place : cut(typeof value === 'string' ? value : jsonText(value), 2048);
    },
  );
}

/** What source maps and symbols are found by. */
function debugImages(event: JsonObject): string | undefined {
  const images = objectOf(event, 'debug_meta').get('images');
  if (!isList(images) || images.length === 0) return undefined;
  return jsonTextUpTo(images, 65_536);
}
