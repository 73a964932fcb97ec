import { BadInput } from '../base/bad-input.js';
import { checkAttribute } from './attributes.js';
import { Int32List } from './int32-list.js';
import { WireReader, fields } from './wire-reader.js';

/**
 * What the three OTLP requests share: resources that hold scopes that hold items (`ResourceSpans.scope_spans.spans` and so on). The field
 * numbers are the same for all three signals.
 */
export interface Envelope {
  /** Where each Resource message stands in the body: first byte, length. Without one both are 0. */
  readonly resources: Int32Array;
  /** The same for each InstrumentationScope. */
  readonly scopes: Int32Array;
}

/** Items of one request; log ids leave 20 bits for the place in the request. */
export const maxItems = 1 << 20;

const knownRequest = fields(1);
const knownHolder = fields(1, 2);
const knownResource = fields(1);
const knownScope = fields(1, 2, 3);

const resources = new Int32List();
const scopes = new Int32List();

/** Reads the request and calls `item` for each message in it, with the cursor at its first byte, its end, and the indexes of its resource and scope. */
export function readEnvelope(wire: WireReader, item: (end: number, resource: number, scope: number) => void): Envelope {
  resources.clear();
  scopes.clear();
  const end = wire.bytes.length;
  let items = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag !== 10) {
      wire.skip(tag, knownRequest, end);
      continue;
    }
    const resourceEnd = wire.length(end) + wire.at;
    const resourceAt = slot(resources);
    while (wire.at < resourceEnd) {
      const tag = wire.varint(resourceEnd);
      if (tag === 10) keep(wire, resources, resourceAt, resourceEnd, checkResource);
      else if (tag === 18) {
        const scopeEnd = wire.length(resourceEnd) + wire.at;
        const scopeAt = slot(scopes);
        while (wire.at < scopeEnd) {
          const tag = wire.varint(scopeEnd);
          if (tag === 10) keep(wire, scopes, scopeAt, scopeEnd, checkScope);
          else if (tag === 18) {
            const itemEnd = wire.length(scopeEnd) + wire.at;
            if (++items > maxItems)
              throw new BadInput(`more than ${maxItems} items in one request; send smaller batches`);
            item(itemEnd, resourceAt >> 1, scopeAt >> 1);
          } else wire.skip(tag, knownHolder, scopeEnd);
        }
      } else wire.skip(tag, knownHolder, resourceEnd);
    }
  }
  return { resources: resources.take(), scopes: scopes.take() };
}

function slot(list: Int32List): number {
  const at = list.extend(2);
  list.data[at] = 0;
  list.data[at + 1] = 0;
  if (at > 2 * maxItems)
    throw new BadInput(`more than ${maxItems} resources or scopes in one request; send smaller batches`);
  return at;
}

function keep(
  wire: WireReader,
  list: Int32List,
  at: number,
  end: number,
  check: (wire: WireReader, end: number) => void,
): void {
  const length = wire.length(end);
  list.data[at] = wire.at;
  list.data[at + 1] = length;
  check(wire, wire.at + length);
}

function checkResource(wire: WireReader, end: number): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) {
      const length = wire.length(end);
      checkAttribute(wire, wire.at + length);
    } else wire.skip(tag, knownResource, end);
  }
}

function checkScope(wire: WireReader, end: number): void {
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10 || tag === 18) wire.passOver(end);
    else if (tag === 26) {
      const length = wire.length(end);
      checkAttribute(wire, wire.at + length);
    } else wire.skip(tag, knownScope, end);
  }
}
