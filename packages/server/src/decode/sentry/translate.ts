import { BadInput } from '../../base/bad-input.js';
import type { Signal } from '../batch.js';
import { logsRequest, metricsRequest, tracesRequest } from '../otlp-writer.js';
import type { Group, LogItem, SpanItem, Value } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import { filesRequest, type RawFile } from '../raw-files.js';
import { attachedFile, isKeptAsFile, maxUnknownBytes } from './attached-file.js';
import { clientReport, clientReportCounts, type ClientDropped } from './client-report.js';
import { readEnvelope, type EnvelopeItem } from './envelope.js';
import { eventLog } from './event-log.js';
import { resourceFacts, tagOf } from './event-scope.js';
import { asText, isObject, listOf, objectOf, readJsonObject, textOf, type JsonObject } from './exact-json.js';
import { eventIdOf } from './ids.js';
import { keyOf, metricGroups, type Measurement } from './metric-points.js';
import { checkIn, feedback, userReport } from './other-events.js';
import { headerRelease, resourceOf, sdkOf, serviceOf, type Sender, type Service } from './sender.js';
import { timeNs } from './sentry-time.js';
import { sessionAggregates, sessionUpdate } from './sessions.js';
import { streamedSpan } from './streamed-span.js';
import { structuredLog } from './structured-log.js';
import { traceMetric } from './trace-metric.js';
import { childSpan, transactionSpans } from './transaction.js';

/** Items of JSON past it are refused: reading takes its time, and SDKs send them one by one. Files are as large as a body may be. */
const maxJsonBytesTogether = 8 << 20;

/** What an envelope brought. */
export interface Translated {
  readonly parts: readonly Part[];
  /** 32 hex digits; what the answer repeats. */
  readonly eventId: string | undefined;
  /** What the sender itself had to throw away since its last report. */
  readonly clientDropped: readonly ClientDropped[];
}

/**
 * An envelope's items as OTLP and files. What can not be read of one item is rejected with a reason, and the others are kept.
 * Throws `BadInput` when the envelope's own header can not be read.
 */
export function translateEnvelope(bytes: Uint8Array, sender: Sender): Translated {
  const { header, items, broken } = readEnvelope(bytes);
  const found = new Found(header, sender);
  for (const item of items) found.read(item);
  for (const { count, reason } of broken) found.reject('logs', reason, count);
  return found.translated();
}

/** One event as old SDKs send it to `/store/`: its JSON without an envelope. */
export function translateEvent(json: Uint8Array, sender: Sender): Translated {
  const event = readJsonObject(json);
  const eventId = eventIdOf(event.get('event_id'));
  const found = new Found(new Map(eventId === undefined ? [] : [['event_id', eventId]]), sender);
  found.readEvent(event);
  return found.translated();
}

/** Attributes of logs, metrics and streamed spans that say whose they are. */
interface Owner {
  readonly service: Service;
  readonly resource: ReadonlyMap<string, Value>;
}

/** Everything found in one envelope, on its way into requests. */
class Found {
  readonly #header: JsonObject;
  readonly #dsc: JsonObject;
  readonly #sender: Sender;
  readonly #receivedNs: bigint;
  readonly #sentNs: bigint;
  readonly #spans = new Groups<SpanItem>();
  readonly #logs = new Groups<LogItem>();
  readonly #measurements: Measurement[] = [];
  readonly #files: RawFile[] = [];
  readonly #rejected = new Map<string, { signal: Signal; reason: string; count: number }>();
  readonly #clientDropped: ClientDropped[] = [];
  #eventId: string | undefined;
  #jsonBytes = 0;

  constructor(header: JsonObject, sender: Sender) {
    this.#header = header;
    this.#dsc = objectOf(header, 'trace');
    this.#sender = sender;
    this.#receivedNs = BigInt(Math.round(sender.receivedMs)) * 1_000_000n;
    this.#sentNs = timeNs(header.get('sent_at')) ?? this.#receivedNs;
    this.#eventId = eventIdOf(header.get('event_id'));
  }

  read(item: EnvelopeItem): void {
    const { type, payload } = item;
    if (isKeptAsFile(type)) return this.#keep(item);
    const signal = signals.get(type);
    if (signal === undefined) {
      if (payload.length <= maxUnknownBytes) return this.#keep(item);
      const shown = JSON.stringify(type.slice(0, 30));
      return this.reject('files', `items of type ${shown} are not known, and kept only up to ${maxUnknownBytes} bytes`);
    }
    this.#jsonBytes += payload.length;
    if (this.#jsonBytes > maxJsonBytesTogether)
      return this.reject(signal, `the JSON of one envelope is together longer than ${maxJsonBytesTogether} bytes`);
    let json: JsonObject;
    try {
      json = readJsonObject(payload);
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      return this.reject(signal, `an item of type ${type}: ${error.message}`);
    }
    this.#readJson(type, json);
  }

  #readJson(type: string, json: JsonObject): void {
    switch (type) {
      case 'event':
      case 'transaction':
        return this.readEvent(json, type);
      case 'span':
        return json.has('items')
          ? this.#each('traces', 'a span', json, span => {
              const made = streamedSpan(span, this.#dsc);
              if (typeof made === 'string') return made;
              this.#spans.add(this.#ownerOf(span).resource, made);
              return undefined;
            })
          : this.#take('traces', 'a span', childSpan(json, undefined), span =>
              this.#spans.add(this.#ownerOfEvent(json).resource, span),
            );
      case 'log':
        return this.#each('logs', 'a log', json, log => {
          const made = structuredLog(log, this.#receivedNs);
          if (typeof made === 'string') return made;
          this.#logs.add(this.#ownerOf(log).resource, made);
          return undefined;
        });
      case 'trace_metric':
        return this.#each('metrics', 'a metric', json, metric => {
          const made = traceMetric(metric, this.#ownerOf(metric).resource, this.#receivedNs);
          if (typeof made === 'string') return made;
          this.#measurements.push(made);
          return undefined;
        });
      case 'check_in':
        return this.#log('a check-in', json, checkIn(json, this.#arrival()));
      case 'feedback':
        return this.#log('a feedback', json, feedback(json, this.#arrival()));
      case 'user_report':
        return this.#log('a user report', json, userReport(json, this.#arrival()));
      case 'session':
        return this.#sessions(json, sessionUpdate);
      case 'sessions':
        return this.#sessions(json, sessionAggregates);
      default: {
        const dropped = clientReport(json);
        this.#clientDropped.push(...dropped);
        const { resource } = this.#ownerOfEvent(json);
        this.#measurements.push(...clientReportCounts(json, dropped, resource, this.#receivedNs));
      }
    }
  }

  /** An event, or a transaction, whichever its own `type` says where there is no item that does. */
  readEvent(event: JsonObject, type: string = textOf(event, 'type') ?? 'event'): void {
    this.#eventId ??= eventIdOf(event.get('event_id'));
    const { resource } = this.#ownerOfEvent(event);
    if (type !== 'transaction')
      return this.#logs.add(resource, eventLog(event, { dsc: this.#dsc, receivedNs: this.#receivedNs }));
    const made = transactionSpans(event, this.#dsc);
    if (typeof made === 'string') return this.reject('traces', made, 1 + listOf(event, 'spans').length);
    for (const span of made.spans) this.#spans.add(resource, span);
    if (made.lost > 0) this.reject('traces', 'spans of a transaction without ids, start and end', made.lost);
  }

  reject(signal: Signal, reason: string, count = 1): void {
    const key = `${signal}\n${reason}`;
    const before = this.#rejected.get(key);
    if (before === undefined) this.#rejected.set(key, { signal, reason, count });
    else before.count += count;
  }

  translated(): Translated {
    const parts: Part[] = [];
    if (this.#spans.size > 0) parts.push({ signal: 'traces', body: tracesRequest(this.#spans.list()) });
    if (this.#logs.size > 0) parts.push({ signal: 'logs', body: logsRequest(this.#logs.list()) });
    if (this.#measurements.length > 0)
      parts.push({ signal: 'metrics', body: metricsRequest(metricGroups(this.#measurements)) });
    if (this.#files.length > 0) parts.push({ signal: 'files', body: filesRequest(this.#files) });
    for (const { signal, reason, count } of this.#rejected.values())
      parts.push({ signal, body: new Uint8Array(0), rejected: count, rejectedReason: reason });
    return { parts, eventId: this.#eventId, clientDropped: this.#clientDropped };
  }

  /** Reads the `items` of an item; `take` says what is wrong with one. */
  #each(signal: Signal, what: string, json: JsonObject, take: (item: JsonObject) => string | undefined): void {
    const items = json.get('items');
    if (!Array.isArray(items)) return this.reject(signal, `${what}: the item has no list "items"`);
    for (const item of listOf(json, 'items')) {
      const wrong = isObject(item) ? take(item) : 'is no object';
      if (wrong !== undefined) this.reject(signal, `${what} ${wrong}`);
    }
  }

  #take<Item>(signal: Signal, what: string, made: Item | string, keep: (item: Item) => void): void {
    if (typeof made === 'string') this.reject(signal, `${what} ${made}`);
    else keep(made);
  }

  #log(what: string, json: JsonObject, made: LogItem | string): void {
    this.#take('logs', what, made, log => this.#logs.add(this.#ownerOfEvent(json).resource, log));
  }

  #sessions(
    json: JsonObject,
    read: (json: JsonObject, resource: Measurement['resource'], receivedNs: bigint) => readonly Measurement[] | string,
  ): void {
    const attrs = objectOf(json, 'attrs');
    const made = read(json, this.#ownerOfEvent(attrs).resource, this.#receivedNs);
    this.#take('metrics', 'a session', made, found => this.#measurements.push(...found));
  }

  #arrival(): { readonly dsc: JsonObject; readonly sentNs: bigint } {
    return { dsc: this.#dsc, sentNs: this.#sentNs };
  }

  #keep(item: EnvelopeItem): void {
    const { service } = this.#ownerOfEvent(new Map());
    const { project } = this.#sender;
    this.#files.push(attachedFile(item, { service, project, envelope: this.#header, timeNs: this.#sentNs }));
  }

  /** Whose an event is, or another item that says release and environment beside its own members. */
  #ownerOfEvent(event: JsonObject): Owner {
    const ofEnvelope = headerRelease(this.#header);
    const { project } = this.#sender;
    const service = serviceOf({
      project,
      named: tagOf(event.get('tags'), 'service.name'),
      release: textOf(event, 'release') ?? ofEnvelope.release,
      environment: textOf(event, 'environment') ?? ofEnvelope.environment,
    });
    const platform = textOf(event, 'platform');
    const sdk = sdkOf(event, this.#header);
    return { service, resource: resourceOf(service, { project, sdk, platform, more: resourceFacts(event) }) };
  }

  /** Whose a log, a metric or a streamed span is: its attributes say it. */
  #ownerOf(item: JsonObject): Owner {
    const attributes = objectOf(item, 'attributes');
    const said = (name: string): string | undefined => {
      const attribute = attributes.get(name);
      return asText(isObject(attribute) ? attribute.get('value') : attribute);
    };
    const ofEnvelope = headerRelease(this.#header);
    const ofHeader = sdkOf(this.#header);
    const { project } = this.#sender;
    const service = serviceOf({
      project,
      named: said('service.name'),
      release: said('sentry.release') ?? ofEnvelope.release,
      environment: said('sentry.environment') ?? ofEnvelope.environment,
    });
    const sdk = {
      name: said('sentry.sdk.name') ?? ofHeader.name,
      version: said('sentry.sdk.version') ?? ofHeader.version,
    };
    // In logs and metrics it is the host's own name, in spans the server's that was asked.
    const host = item.has('span_id') && item.has('start_timestamp') ? undefined : said('server.address');
    const more = new Map<string, Value>([['host.name', host]]);
    return { service, resource: resourceOf(service, { project, sdk, platform: undefined, more }) };
  }
}

const signals: ReadonlyMap<string, Signal> = new Map<string, Signal>([
  ['event', 'logs'],
  ['transaction', 'traces'],
  ['span', 'traces'],
  ['log', 'logs'],
  ['trace_metric', 'metrics'],
  ['check_in', 'logs'],
  ['feedback', 'logs'],
  ['user_report', 'logs'],
  ['session', 'metrics'],
  ['sessions', 'metrics'],
  ['client_report', 'metrics'],
]);

/** Items of one resource together, in the order in which they came. */
class Groups<Item> {
  readonly #groups = new Map<string, { readonly resource: ReadonlyMap<string, Value>; readonly items: Item[] }>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(resource: ReadonlyMap<string, Value>, item: Item): void {
    this.#size += 1;
    const key = keyOf(resource);
    const group = this.#groups.get(key);
    if (group === undefined) this.#groups.set(key, { resource, items: [item] });
    else group.items.push(item);
  }

  list(): readonly Group<Item>[] {
    return [...this.#groups.values()];
  }
}
