import { valueKind } from '../decode/attributes.js';
import { high32, low32 } from '../decode/fixed64.js';
import { logField, logWidth, type LogBatch } from '../decode/otlp-logs.js';
import { slot } from '../enrich/attribute-roles.js';
import { chosenFingerprint, noFingerprint } from '../enrich/error/error-fingerprint.js';
import { type LogEvents, namesEvent } from '../enrich/log-events.js';
import type { Scrubber } from '../enrich/scrub/scrubber.js';
import { severityNumberOf } from '../base/severity.js';
import type { TextValues } from '../store/native/column.js';
import { logs } from '../store/native/tables.js';
import { AttributeColumns } from './attribute-columns.js';
import type { TableBlock } from './block-builder.js';
import { copy, setTime, type Arrival } from './span-block.js';
import { TextColumn, shortened } from './text-column.js';
import { valueText } from './value-text.js';
import type { Words } from './words.js';

/** Longer bodies are cut there and marked. */
const maxBodyBytes = 256 * 1024;

/** The first severity of errors (OpenTelemetry's ERROR). */
const errorSeverity = 17;

/** A log's id is its record's number times this plus its place in the request (`maxItems` in `decode/envelope.ts`). */
const idsPerRecord = 2 ** 20;

interface LogColumns {
  readonly ts: Uint32Array;
  readonly id: Uint32Array;
  readonly traceId: Uint8Array;
  readonly spanId: Uint8Array;
  readonly flags: Uint32Array;
  readonly severityNumber: Uint8Array;
  readonly received: Uint16Array;
  readonly resourceId: Uint32Array;
  readonly errorFingerprint: Uint32Array;
  readonly workspace: Int32Array;
  readonly severityText: Int32Array;
  readonly eventName: Int32Array;
  readonly service: Int32Array;
  readonly environment: Int32Array;
  readonly version: Int32Array;
  readonly tenantId: Int32Array;
  readonly scopeName: Int32Array;
  readonly scopeVersion: Int32Array;
  readonly attributeTypes: Int32Array;
}

function allocate(rows: number): LogColumns {
  return {
    ts: new Uint32Array(rows * 2),
    id: new Uint32Array(rows * 2),
    traceId: new Uint8Array(rows * 16),
    spanId: new Uint8Array(rows * 8),
    flags: new Uint32Array(rows),
    severityNumber: new Uint8Array(rows),
    received: new Uint16Array(rows),
    resourceId: new Uint32Array(rows * 2),
    errorFingerprint: new Uint32Array(rows * 2),
    workspace: new Int32Array(rows),
    severityText: new Int32Array(rows),
    eventName: new Int32Array(rows),
    service: new Int32Array(rows),
    environment: new Int32Array(rows),
    version: new Int32Array(rows),
    tenantId: new Int32Array(rows),
    scopeName: new Int32Array(rows),
    scopeVersion: new Int32Array(rows),
    attributeTypes: new Int32Array(rows),
  };
}

/** The log records of the block being built. After `cut` it is used up. */
export class LogBlock {
  rows = 0;
  private capacity: number;
  private columns: LogColumns;
  private readonly attributes: AttributeColumns;
  private readonly bodies = new TextColumn();

  /** `capacity`: rows for which there is room at once; it grows beyond. */
  constructor(capacity: number) {
    this.capacity = capacity;
    this.columns = allocate(capacity);
    this.attributes = new AttributeColumns(capacity);
  }

  /** Adds all of the batch; if it throws, nothing of it. */
  add(batch: LogBatch, arrival: Arrival): void {
    const { rows } = this;
    const marks = [this.attributes, this.bodies].map(column => column.mark());
    try {
      this.reserve(batch.items);
      for (let i = 0; i < batch.items; i++) this.addLog(batch, i, arrival);
    } catch (error) {
      this.rows = rows;
      for (const undo of marks) undo();
      throw error;
    }
  }

  /** Counts those of the lines that are events. */
  countEvents(words: Words, events: LogEvents, nowMs: number): void {
    const { rows, columns } = this;
    for (let row = 0; row < rows; row++) {
      const event = columns.eventName[row]!;
      if (event === 0) continue;
      events.count(words.text(columns.workspace[row]!), words.text(columns.service[row]!), words.text(event), nowMs);
    }
  }

  cut(words: Words): TableBlock[] {
    const { rows, columns } = this;
    if (rows === 0) return [];
    const word = (indexes: Int32Array): TextValues => ({ texts: words.texts, indexes: indexes.subarray(0, rows) });
    const chunks = logs.encode(rows, {
      workspace: word(columns.workspace),
      ts: new BigInt64Array(columns.ts.buffer, 0, rows),
      id: new BigUint64Array(columns.id.buffer, 0, rows),
      trace_id: columns.traceId.subarray(0, rows * 16),
      span_id: columns.spanId.subarray(0, rows * 8),
      trace_flags: columns.flags.subarray(0, rows),
      severity_number: columns.severityNumber.subarray(0, rows),
      severity_text: word(columns.severityText),
      body: this.bodies,
      event_name: word(columns.eventName),
      service: word(columns.service),
      environment: word(columns.environment),
      version: word(columns.version),
      tenant_id: word(columns.tenantId),
      scope_name: word(columns.scopeName),
      scope_version: word(columns.scopeVersion),
      resource_id: new BigUint64Array(columns.resourceId.buffer, 0, rows),
      attrs: this.attributes.map(words),
      attr_types: word(columns.attributeTypes),
      received: columns.received.subarray(0, rows),
      error_fingerprint: new BigUint64Array(columns.errorFingerprint.buffer, 0, rows),
    });
    return [{ table: logs.name, rows, chunks }];
  }

  private addLog(batch: LogBatch, index: number, arrival: Arrival): void {
    const { body, logs: fields } = batch;
    const { words } = arrival;
    const { columns, attributes } = this;
    const at = index * logWidth;
    const row = this.rows;
    // The decoder made these indexes while it made the lists.
    const resource = arrival.resources[fields[at + logField.resource]!]!;
    const scope = arrival.scopes[fields[at + logField.scope]!]!;

    columns.workspace[row] = arrival.workspace;
    columns.received[row] = arrival.receivedMs / 86_400_000;
    columns.service[row] = resource.service;
    columns.environment[row] = resource.environment;
    columns.version[row] = resource.version;
    columns.resourceId[row * 2] = resource.idLow;
    columns.resourceId[row * 2 + 1] = resource.idHigh;
    columns.scopeName[row] = scope.name;
    columns.scopeVersion[row] = scope.version;

    // Below 2^33 records the two factors stay exact: the record's number fills the bits above the low 20.
    columns.id[row * 2] = (arrival.recordSeq % 4096) * idsPerRecord + index;
    columns.id[row * 2 + 1] = Math.floor(arrival.recordSeq / 4096);
    this.setTime(body, fields[at + logField.timeAt]!, fields[at + logField.observedAt]!, row, arrival.receivedMs);

    const traceAt = fields[at + logField.traceIdAt]!;
    if (traceAt >= 0) copy(body, traceAt, columns.traceId, row * 16, 16);
    else columns.traceId.fill(0, row * 16, row * 16 + 16);
    const spanAt = fields[at + logField.spanIdAt]!;
    if (spanAt >= 0) copy(body, spanAt, columns.spanId, row * 8, 8);
    else columns.spanId.fill(0, row * 8, row * 8 + 8);
    columns.flags[row] = fields[at + logField.flags]!;
    const severityText = words.of(
      body,
      fields[at + logField.severityTextAt]!,
      fields[at + logField.severityTextLength]!,
    );
    const severityNumber = fields[at + logField.severityNumber]!;
    columns.severityText[row] = words.clean(severityText);
    columns.severityNumber[row] =
      severityNumber || severityText === 0 ? severityNumber : severityNumberOf(words.text(severityText));
    this.putBody(body, fields, at, words.scrubber);

    const first = fields[at + logField.firstAttribute]!;
    const count = fields[at + logField.attributes]!;
    attributes.begin(words, body, batch.attributes, first, count);
    columns.attributeTypes[row] = attributes.finish(
      arrival,
      body,
      batch.attributes,
      first,
      count,
      fields[at + logField.droppedAttributes]!,
      scope.attributes,
      '',
    );
    const tenant = attributes.slotWord(slot.tenantId, words, body, batch.attributes);
    columns.tenantId[row] = tenant === -1 ? resource.tenantId : tenant;
    const eventName = words.of(body, fields[at + logField.eventNameAt]!, fields[at + logField.eventNameLength]!);
    columns.eventName[row] = eventName === 0 ? this.eventOfAttributes(batch, words) : words.clean(eventName);
    this.putFingerprint(batch, at, row, arrival);
    this.rows = row + 1;
  }

  /** The older attribute for the name of an event, or a field `event` that holds a name; 0 when there is neither. */
  private eventOfAttributes({ body, attributes: list }: LogBatch, words: Words): number {
    const { attributes } = this;
    const older = attributes.slotWord(slot.eventName, words, body, list);
    if (older !== -1) return older;
    const told = attributes.slotWord(slot.event, words, body, list);
    return told === -1 || !namesEvent(words.text(told)) ? 0 : told;
  }

  /**
   * Of the exception that the attributes tell of; else, of a record as severe as an error or sent as an event of its own, of its text (or what it was made
   * from). What the application chose itself stands above.
   */
  private putFingerprint(
    { body, logs: fields, attributes: list }: LogBatch,
    at: number,
    row: number,
    arrival: Arrival,
  ): void {
    const { columns } = this;
    const { words, errors } = arrival;
    let fingerprint = this.attributes.exception(words, errors, body, list);
    if (
      fingerprint === undefined &&
      (columns.severityNumber[row]! >= errorSeverity || this.attributes.slotAt[slot.reportId]! >= 0) &&
      fields[at + logField.bodyKind] === valueKind.string
    ) {
      const template = this.attributes.slotText(slot.messageTemplate, words, body, list);
      const bodyAt = fields[at + logField.bodyAt]!;
      const length = Math.min(fields[at + logField.bodyLength]!, 2000);
      const message =
        template ?? words.scrubber.free(Buffer.from(body.buffer, body.byteOffset + bodyAt, length).toString());
      if (message !== '') fingerprint = errors.of({ type: '', message, stacktrace: '' });
    }
    const chosen = this.attributes.slotText(slot.ownFingerprint, words, body, list);
    if (chosen !== undefined && chosen !== '') fingerprint = chosenFingerprint(chosen, fingerprint ?? noFingerprint);
    const [low, high] = fingerprint ?? noFingerprint;
    columns.errorFingerprint[row * 2] = low;
    columns.errorFingerprint[row * 2 + 1] = high;
  }

  private putBody(body: Uint8Array, fields: Int32Array, at: number, scrubber: Scrubber): void {
    const kind = fields[at + logField.bodyKind]!;
    const bodyAt = fields[at + logField.bodyAt]!;
    const length = fields[at + logField.bodyLength]!;
    if (kind !== valueKind.string) this.bodies.putText(valueText(body, kind, bodyAt, length, scrubber));
    else if (scrubber.bodyRole === 0 && !scrubber.isSuspicious(body, bodyAt, length))
      this.bodies.put(body, bodyAt, length, maxBodyBytes);
    else {
      // What begins before the cut is still recognised when its end is behind it.
      const seen = Math.min(length, maxBodyBytes + 4096);
      const clean = Buffer.from(
        scrubber.free(Buffer.from(body.buffer, body.byteOffset + bodyAt, seen).toString(), scrubber.bodyRole),
      );
      if (clean.length > maxBodyBytes) this.bodies.putText(shortened(clean, 0, length, maxBodyBytes));
      else if (seen < length) this.bodies.putText(`${clean.toString()}…[cut, was ${length} bytes]`);
      else this.bodies.put(clean, 0, clean.length, maxBodyBytes);
    }
  }

  /** When it happened, else when it was observed, else when it was received. */
  private setTime(body: Uint8Array, timeAt: number, observedAt: number, row: number, receivedMs: number): void {
    for (const at of [timeAt, observedAt]) {
      if (at < 0) continue;
      const low = low32(body, at);
      const high = high32(body, at);
      if (low === 0 && high === 0) continue;
      setTime(this.columns.ts, row, low, high);
      return;
    }
    const receivedNs = BigInt(receivedMs) * 1_000_000n;
    setTime(this.columns.ts, row, Number(receivedNs & 0xffff_ffffn), Number(receivedNs >> 32n));
  }

  private reserve(rows: number): void {
    this.attributes.reserve(rows);
    const needed = this.rows + rows;
    if (needed <= this.capacity) return;
    this.capacity = Math.max(needed, this.capacity * 2);
    const larger = allocate(this.capacity);
    const { columns } = this;
    // Object.keys gives the names that `allocate` writes.
    for (const name of Object.keys(columns) as (keyof LogColumns)[]) larger[name].set(columns[name]);
    this.columns = larger;
  }
}
