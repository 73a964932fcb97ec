import { Message } from './protobuf.js';

export type Value = string | number | boolean | null | readonly Value[] | { readonly [key: string]: Value };
export type Values = Record<string, Value>;

export interface SeenSpan {
  readonly service: string;
  readonly scope: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentId: string;
  readonly traceState: string;
  readonly name: string;
  readonly kind: number;
  readonly startNs: bigint;
  readonly endNs: bigint;
  readonly attributes: Values;
  readonly events: readonly { readonly name: string; readonly attributes: Values }[];
  readonly links: readonly { readonly traceId: string; readonly spanId: string; readonly attributes: Values }[];
  readonly status: number;
  readonly statusMessage: string;
}

export interface SeenLog {
  readonly service: string;
  readonly timeNs: bigint;
  readonly severity: number;
  readonly severityText: string;
  readonly body: Value;
  readonly eventName: string;
  readonly attributes: Values;
  readonly traceId: string;
  readonly spanId: string;
}

export interface SeenPoint {
  readonly metric: string;
  readonly scope: string;
  readonly unit: string;
  readonly attributes: Values;
  /** Of a sum or gauge. */
  readonly value: number;
  /** Of a histogram. */
  readonly count: number;
  readonly sum: number;
  readonly buckets: readonly number[];
  readonly offset: number;
  readonly scale: number;
}

/** `AnyValue` */
export function value(message: Message): Value {
  for (const [field, list] of message.fields) {
    if (list.length === 0) continue;
    switch (field) {
      case 1:
        return message.text(1);
      case 2:
        return message.number(2) === 1;
      case 3:
        return message.number(3);
      case 4:
        return message.double(4);
      case 5:
        return message.message(5).messages(1).map(value);
      case 6:
        return attributes(message.message(6), 1);
      case 7:
        return `0x${message.hex(7)}`;
    }
  }
  return null;
}

export function attributes(message: Message, field: number): Values {
  return Object.fromEntries(message.messages(field).map(pair => [pair.text(1), value(pair.message(2))]));
}

interface Scoped {
  readonly resource: Values;
  readonly scope: string;
  readonly item: Message;
}

function items(body: Uint8Array): readonly Scoped[] {
  return new Message(body).messages(1).flatMap(group => {
    const resource = attributes(group.message(1), 1);
    return group
      .messages(2)
      .flatMap(list => list.messages(2).map(item => ({ resource, scope: list.message(1).text(1), item })));
  });
}

const service = (resource: Values): string => String(resource['service.name']);

export function resourceOf(body: Uint8Array): Values {
  return attributes(new Message(body).message(1).message(1), 1);
}

export function spansOf(body: Uint8Array): readonly SeenSpan[] {
  return items(body).map(({ resource, scope, item }) => ({
    service: service(resource),
    scope,
    traceId: item.hex(1),
    spanId: item.hex(2),
    traceState: item.text(3),
    parentId: item.hex(4),
    name: item.text(5),
    kind: item.number(6),
    startNs: item.fixed64(7),
    endNs: item.fixed64(8),
    attributes: attributes(item, 9),
    events: item.messages(11).map(event => ({ name: event.text(2), attributes: attributes(event, 3) })),
    links: item
      .messages(13)
      .map(link => ({ traceId: link.hex(1), spanId: link.hex(2), attributes: attributes(link, 4) })),
    status: item.message(15).number(3),
    statusMessage: item.message(15).text(2),
  }));
}

export function logsOf(body: Uint8Array): readonly SeenLog[] {
  return items(body).map(({ resource, item }) => ({
    service: service(resource),
    timeNs: item.fixed64(1),
    severity: item.number(2),
    severityText: item.text(3),
    body: value(item.message(5)),
    attributes: attributes(item, 6),
    traceId: item.hex(9),
    spanId: item.hex(10),
    eventName: item.text(12),
  }));
}

export function pointsOf(body: Uint8Array): readonly SeenPoint[] {
  return items(body).flatMap(({ scope, item }) => {
    const kind = [5, 7, 10].find(field => item.all(field).length > 0) ?? 0;
    return item
      .message(kind)
      .messages(1)
      .map(point => {
        const histogram = kind === 10;
        const buckets = point.message(8);
        return {
          metric: item.text(1),
          scope,
          unit: item.text(3),
          attributes: attributes(point, histogram ? 1 : 7),
          value: histogram ? 0 : point.all(6).length > 0 ? Number(point.fixed64(6)) : point.double(4),
          count: histogram ? Number(point.fixed64(4)) : 0,
          sum: histogram ? point.double(5) : 0,
          scale: histogram ? zigzag(point.number(6)) : 0,
          offset: histogram ? zigzag(buckets.number(1)) : 0,
          buckets: histogram ? packed(buckets) : [],
        };
      });
  });
}

function zigzag(value: number): number {
  return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
}

function packed(buckets: Message): readonly number[] {
  const [bytes] = buckets.all(2);
  if (!(bytes instanceof Uint8Array)) return [];
  const counts: number[] = [];
  let value = 0;
  let unit = 1;
  for (const byte of bytes) {
    value += (byte & 127) * unit;
    unit *= 128;
    if (byte >= 128) continue;
    counts.push(value);
    [value, unit] = [0, 1];
  }
  return counts;
}
