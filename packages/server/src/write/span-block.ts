import { high32, low32, nanosecondsToMs } from '../decode/fixed64.js';
import { spanField, spanWidth, type SpanBatch } from '../decode/otlp-traces.js';
import { thresholdWeight } from '../decode/threshold-weight.js';
import { slot } from '../enrich/attribute-roles.js';
import { noFingerprint, type SeenError } from '../enrich/error/error-fingerprint.js';
import type { RouteNames } from '../enrich/route/route-names.js';
import type { Scrubber } from '../enrich/scrub/scrubber.js';
import { spans } from '../store/native/tables.js';
import type { TextValues } from '../store/native/column.js';
import { AttributeColumns } from './attribute-columns.js';
import type { TableBlock } from './block-builder.js';
import { eventsText, exceptionOf, linksText } from './event-text.js';
import type { KnownErrors } from './known-errors.js';
import type { KnownNames } from './known-names.js';
import type { KnownStatements } from './known-statements.js';
import { derivedRoute, nameWord } from './span-name.js';
import { LeftOutSpans } from './left-out-spans.js';
import { peerWord } from './peer-word.js';
import { redMinutesBlock } from './red-minutes-block.js';
import { TextColumn, maxTextBytes } from './text-column.js';
import type { KnownResource, KnownScope } from './vocabulary.js';
import type { Words } from './words.js';

/** What came with the batch that is being added. The arrays go with the indexes in the batch. */
export interface Arrival {
  readonly words: Words;
  readonly names: KnownNames;
  readonly statements: KnownStatements;
  readonly errors: KnownErrors;
  readonly routes: RouteNames;
  readonly workspace: number;
  readonly resources: readonly KnownResource[];
  readonly scopes: readonly KnownScope[];
  readonly recordSeq: number;
  readonly receivedMs: number;
}

/** The columns of all spans of a block. Times and ids are halves of 32 bits; what names a text is a word. */
export interface SpanColumns {
  readonly ts: Uint32Array;
  readonly duration: Uint32Array;
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly parentSpanId: Uint8Array;
  readonly kind: Uint8Array;
  readonly statusCode: Uint8Array;
  readonly received: Uint16Array;
  readonly resourceId: Uint32Array;
  readonly errorFingerprint: Uint32Array;
  readonly workspace: Int32Array;
  readonly service: Int32Array;
  readonly name: Int32Array;
  readonly errorType: Int32Array;
  readonly environment: Int32Array;
  readonly version: Int32Array;
  readonly tenantId: Int32Array;
  readonly scopeName: Int32Array;
  readonly scopeVersion: Int32Array;
  readonly attributeTypes: Int32Array;
  readonly httpStatus: Int32Array;
  /** So many spans a span stands for. */
  readonly weight: Float32Array;
  /** As how many it is counted by the minute: what its sender left out, in whole spans. Not a column of the table. */
  readonly countedAs: Uint32Array;
  /** What a client or producer span called, or the queue a consumer took from; not a column of the table. */
  readonly peer: Int32Array;
}

function allocate(rows: number): SpanColumns {
  return {
    ts: new Uint32Array(rows * 2),
    duration: new Uint32Array(rows * 2),
    traceId: new Uint8Array(rows * 16),
    spanId: new Uint8Array(rows * 8),
    parentSpanId: new Uint8Array(rows * 8),
    kind: new Uint8Array(rows),
    statusCode: new Uint8Array(rows),
    received: new Uint16Array(rows),
    resourceId: new Uint32Array(rows * 2),
    errorFingerprint: new Uint32Array(rows * 2),
    workspace: new Int32Array(rows),
    service: new Int32Array(rows),
    name: new Int32Array(rows),
    errorType: new Int32Array(rows),
    environment: new Int32Array(rows),
    version: new Int32Array(rows),
    tenantId: new Int32Array(rows),
    scopeName: new Int32Array(rows),
    scopeVersion: new Int32Array(rows),
    attributeTypes: new Int32Array(rows),
    httpStatus: new Int32Array(rows),
    weight: new Float32Array(rows),
    countedAs: new Uint32Array(rows),
    peer: new Int32Array(rows),
  };
}

/** The spans of the block being built. After `cut` it is used up. */
export class SpanBlock {
  rows = 0;
  private capacity: number;
  private columns: SpanColumns;
  private readonly attributes: AttributeColumns;
  private readonly traceState = new TextColumn();
  private readonly statusMessage = new TextColumn();
  private readonly events = new TextColumn();
  private readonly links = new TextColumn();
  private leftOut: LeftOutSpans | undefined;

  /** `capacity`: rows for which there is room at once; it grows beyond. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.columns = allocate(capacity);
    this.attributes = new AttributeColumns(capacity);
  }

  /** Spans that were only counted. */
  get countedRows(): number {
    return this.leftOut?.rows ?? 0;
  }

  /** Adds all of the batch; if it throws, nothing of it. Spans of weight 0 are counted as rates, errors and durations, and not stored. */
  add(batch: SpanBatch, arrival: Arrival, weights?: Float32Array): void {
    const { rows } = this;
    const countedRows = this.leftOut?.rows ?? 0;
    const marks = [this.attributes, this.traceState, this.statusMessage, this.events, this.links].map(column =>
      column.mark(),
    );
    try {
      this.reserve(batch.items);
      for (let i = 0; i < batch.items; i++) {
        const weight = weights?.[i] ?? 1;
        if (weight > 0) this.addSpan(batch, i * spanWidth, arrival, weight);
        else this.countSpan(batch, i * spanWidth, arrival);
      }
    } catch (error) {
      this.rows = rows;
      this.leftOut?.shrink(countedRows);
      for (const undo of marks) undo();
      throw error;
    }
  }

  cut(words: Words): TableBlock[] {
    const { rows, columns } = this;
    const leftOut = this.leftOut?.cut(words) ?? [];
    if (rows === 0) return leftOut;
    const word = (indexes: Int32Array): TextValues => ({ texts: words.texts, indexes: indexes.subarray(0, rows) });
    const chunks = spans.encode(rows, {
      workspace: word(columns.workspace),
      ts: new BigInt64Array(columns.ts.buffer, 0, rows),
      duration_ns: new BigUint64Array(columns.duration.buffer, 0, rows),
      trace_id: columns.traceId.subarray(0, rows * 16),
      span_id: columns.spanId.subarray(0, rows * 8),
      parent_span_id: columns.parentSpanId.subarray(0, rows * 8),
      trace_state: this.traceState,
      service: word(columns.service),
      name: word(columns.name),
      kind: columns.kind.subarray(0, rows),
      status_code: columns.statusCode.subarray(0, rows),
      status_message: this.statusMessage,
      error_type: word(columns.errorType),
      environment: word(columns.environment),
      version: word(columns.version),
      tenant_id: word(columns.tenantId),
      scope_name: word(columns.scopeName),
      scope_version: word(columns.scopeVersion),
      resource_id: new BigUint64Array(columns.resourceId.buffer, 0, rows),
      attrs: this.attributes.map(words),
      attr_types: word(columns.attributeTypes),
      events: this.events,
      links: this.links,
      received: columns.received.subarray(0, rows),
      http_status: word(columns.httpStatus),
      error_fingerprint: new BigUint64Array(columns.errorFingerprint.buffer, 0, rows),
      weight: columns.weight.subarray(0, rows),
    });
    return [{ table: spans.name, rows, chunks }, ...redMinutesBlock(columns, rows, words), ...leftOut];
  }

  private addSpan(batch: SpanBatch, at: number, arrival: Arrival, weight: number): void {
    const { body, spans: fields } = batch;
    const { words } = arrival;
    const { scrubber } = words;
    const { columns, attributes } = this;
    const row = this.rows;
    this.putFacts(batch, at, arrival, row);
    const [stateAt, stateLength] = [fields[at + spanField.traceStateAt]!, fields[at + spanField.traceStateLength]!];
    // What its sender sampled and what we did: it stands for the product.
    columns.weight[row] = weight * columns.weight[row]!;

    copy(body, fields[at + spanField.traceIdAt]!, columns.traceId, row * 16, 16);
    copy(body, fields[at + spanField.spanIdAt]!, columns.spanId, row * 8, 8);
    const parentAt = fields[at + spanField.parentSpanIdAt]!;
    if (parentAt >= 0) copy(body, parentAt, columns.parentSpanId, row * 8, 8);
    else columns.parentSpanId.fill(0, row * 8, row * 8 + 8);
    this.putStatusMessage(
      body,
      fields[at + spanField.statusMessageAt]!,
      fields[at + spanField.statusMessageLength]!,
      scrubber,
    );
    this.traceState.put(body, stateAt, stateLength);
    const httpStatus = attributes.slotWord(slot.httpStatus, words, body, batch.attributes);
    columns.httpStatus[row] =
      httpStatus === -1
        ? Math.max(0, attributes.slotWord(slot.oldHttpStatus, words, body, batch.attributes))
        : httpStatus;

    const firstEvent = fields[at + spanField.firstEvent]!;
    const events = fields[at + spanField.events]!;
    if (events === 0) this.events.putEmpty();
    else this.events.putText(eventsText(body, batch.events, firstEvent, events, scrubber));
    const links = fields[at + spanField.links]!;
    if (links === 0) this.links.putEmpty();
    else this.links.putText(linksText(body, batch.links, fields[at + spanField.firstLink]!, links, scrubber));
    const exception = events === 0 ? undefined : exceptionOf(body, batch.events, firstEvent, events, scrubber);
    const errorType = attributes.slotWord(slot.errorType, words, body, batch.attributes);
    columns.errorType[row] =
      errorType === -1 ? (exception === undefined ? 0 : words.ofText(exception.type)) : errorType;
    this.putFingerprint(batch, at, row, exception, arrival);
    this.rows = row + 1;
  }

  /** Counts a span that is not stored: what it is counted by is worked out as if it were. */
  private countSpan(batch: SpanBatch, at: number, arrival: Arrival): void {
    const undo = this.attributes.mark();
    this.putFacts(batch, at, arrival, this.rows);
    undo();
    (this.leftOut ??= new LeftOutSpans(this.capacity)).add(this.columns, this.rows);
  }

  /** The columns of a row that spans are counted by, and its attributes, which say some of them. */
  private putFacts(batch: SpanBatch, at: number, arrival: Arrival, row: number): void {
    const { body, spans: fields } = batch;
    const { words } = arrival;
    const { columns, attributes } = this;
    // The decoder made these indexes while it made the lists.
    const resource = arrival.resources[fields[at + spanField.resource]!]!;
    const scope = arrival.scopes[fields[at + spanField.scope]!]!;

    columns.workspace[row] = arrival.workspace;
    columns.received[row] = arrival.receivedMs / 86_400_000;
    columns.service[row] = resource.service;
    columns.environment[row] = resource.environment;
    columns.version[row] = resource.version;
    columns.resourceId[row * 2] = resource.idLow;
    columns.resourceId[row * 2 + 1] = resource.idHigh;
    columns.scopeName[row] = scope.name;
    columns.scopeVersion[row] = scope.version;

    this.setTimes(body, fields[at + spanField.startAt]!, fields[at + spanField.endAt]!, row, arrival.receivedMs);

    const stateLength = fields[at + spanField.traceStateLength]!;
    const sent = stateLength > 0 ? thresholdWeight(body, fields[at + spanField.traceStateAt]!, stateLength) : 1;
    columns.weight[row] = sent;
    columns.countedAs[row] = sent === 1 ? 1 : wholeSpans(sent, body, fields[at + spanField.spanIdAt]!);

    const kind = fields[at + spanField.kind]!;
    columns.kind[row] = kind;
    columns.statusCode[row] = fields[at + spanField.statusCode]!;

    const first = fields[at + spanField.firstAttribute]!;
    const count = fields[at + spanField.attributes]!;
    attributes.begin(words, body, batch.attributes, first, count);
    const route = kind === 2 ? derivedRoute(attributes, batch, at, arrival, words.text(resource.service)) : '';
    columns.attributeTypes[row] = attributes.finish(
      arrival,
      body,
      batch.attributes,
      first,
      count,
      fields[at + spanField.droppedAttributes]!,
      scope.attributes,
      route,
    );
    columns.name[row] = nameWord(attributes, batch, at, arrival, route);
    const tenant = attributes.slotWord(slot.tenantId, words, body, batch.attributes);
    columns.tenantId[row] = tenant === -1 ? resource.tenantId : tenant;
    columns.peer[row] = kind >= 3 ? peerWord(attributes, words, body, batch.attributes) : 0;
  }

  /** Of the recorded exception; else of what a span that failed says of itself. */
  private putFingerprint(
    { body, spans: fields, attributes: list }: SpanBatch,
    at: number,
    row: number,
    exception: SeenError | undefined,
    { words, errors }: Arrival,
  ): void {
    const { columns, attributes } = this;
    let fingerprint = exception === undefined ? undefined : errors.of(exception);
    if (fingerprint === undefined && columns.statusCode[row] === 2) {
      fingerprint = attributes.exception(words, errors, body, list);
      if (fingerprint === undefined) {
        const messageAt = fields[at + spanField.statusMessageAt]!;
        const length = Math.min(fields[at + spanField.statusMessageLength]!, 2000);
        const message = Buffer.from(body.buffer, body.byteOffset + messageAt, length).toString();
        const type = words.text(columns.errorType[row]!);
        // `500` alone says nothing about where it went wrong.
        if (message !== '' || !/^\d*$/.test(type))
          fingerprint = errors.of({ type, message: words.scrubber.free(message), stacktrace: '' });
      }
    }
    const [low, high] = fingerprint ?? noFingerprint;
    columns.errorFingerprint[row * 2] = low;
    columns.errorFingerprint[row * 2 + 1] = high;
  }

  private putStatusMessage(body: Uint8Array, at: number, length: number, scrubber: Scrubber): void {
    if (scrubber.statusMessageRole === 0 && !scrubber.isSuspicious(body, at, length))
      this.statusMessage.put(body, at, length);
    else {
      const text = Buffer.from(body.buffer, body.byteOffset + at, Math.min(length, maxTextBytes)).toString();
      this.statusMessage.putText(scrubber.free(text, scrubber.statusMessageRole));
    }
  }

  /** A span without a start begins where it ends, or when it was received; one that ends before it starts lasts 0 ns. */
  private setTimes(body: Uint8Array, startAt: number, endAt: number, row: number, receivedMs: number): void {
    const { ts, duration } = this.columns;
    const endLow = endAt < 0 ? 0 : low32(body, endAt);
    const endHigh = endAt < 0 ? 0 : high32(body, endAt);
    let low = startAt < 0 ? 0 : low32(body, startAt);
    let high = startAt < 0 ? 0 : high32(body, startAt);
    if (low === 0 && high === 0) {
      low = endLow;
      high = endHigh;
      if (low === 0 && high === 0) {
        const receivedNs = BigInt(receivedMs) * 1_000_000n;
        low = Number(receivedNs & 0xffff_ffffn);
        high = Number(receivedNs >> 32n);
      }
    }
    const isForward = endHigh > high || (endHigh === high && endLow > low);
    duration[row * 2] = isForward ? endLow - low : 0;
    duration[row * 2 + 1] = isForward ? endHigh - high - (endLow < low ? 1 : 0) : 0;
    setTime(ts, row, low, high);
  }

  private reserve(rows: number): void {
    this.attributes.reserve(rows);
    const needed = this.rows + rows;
    if (needed <= this.capacity) return;
    this.capacity = Math.max(needed, this.capacity * 2);
    const larger = allocate(this.capacity);
    const { columns } = this;
    for (const name of Object.keys(columns) as (keyof SpanColumns)[]) larger[name].set(columns[name]);
    this.columns = larger;
  }
}

/** Nanoseconds as `Int64`; past the year 2262 the greatest there is. */
export function setTime(ts: Uint32Array, row: number, low: number, high: number): void {
  const fits = high < 0x8000_0000;
  ts[row * 2] = fits ? low : 0xffff_ffff;
  ts[row * 2 + 1] = fits ? high : 0x7fff_ffff;
}

export function copy(from: Uint8Array, fromAt: number, to: Uint8Array, toAt: number, count: number): void {
  for (let i = 0; i < count; i++) to[toAt + i] = from[fromAt + i]!;
}

/**
 * A weight as a whole number: the one below it or the one above, as often as makes their mean the weight. The span's id decides, so that a block that is made again is the same.
 */
export function wholeSpans(weight: number, body: Uint8Array, spanIdAt: number): number {
  const bits = Math.imul(low32(body, spanIdAt) ^ Math.imul(high32(body, spanIdAt), 0x85eb_ca6b), 0x9e37_79b1);
  const part = Math.imul(bits ^ (bits >>> 15), 0xc2b2_ae35) >>> 0;
  return Math.floor(weight + part / 0x1_0000_0000);
}

/** The start of the minute a time lies in, in seconds since 1970. */
export function minuteOf(ts: Uint32Array, row: number): number {
  return Math.floor(nanosecondsToMs(ts[row * 2]!, ts[row * 2 + 1]!) / 60_000) * 60;
}
