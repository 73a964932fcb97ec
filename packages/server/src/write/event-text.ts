import { WireReader } from '../decode/wire-reader.js';
import type { SeenError } from '../enrich/error/error-fingerprint.js';
import type { Scrubber } from '../enrich/scrub/scrubber.js';
import { attributesOf } from './value-text.js';

/** A span's events and links as the JSON that the columns `events` and `links` hold (docs/adr/0004). Positions were checked by the decoder. */

/** `places`: first byte and length of each message, from number `first` on. */
export function eventsText(
  body: Uint8Array,
  places: Int32Array,
  first: number,
  count: number,
  scrubber: Scrubber,
): string {
  const parts: string[] = [];
  for (let i = first; i < first + count; i++)
    parts.push(eventText(body, places[i * 2]!, places[i * 2]! + places[i * 2 + 1]!, scrubber));
  return `[${parts.join(',')}]`;
}

function eventText(body: Uint8Array, at: number, end: number, scrubber: Scrubber): string {
  const wire = new WireReader(body);
  wire.at = at;
  let timeNs = '0';
  let name = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 9) timeNs = decimal(body, wire.fixed(8, end));
    else if (tag === 18) name = textField(wire, end);
    else wire.skip(tag, 0, end);
  }
  return `{"t":"${timeNs}","n":${JSON.stringify(scrubber.free(name))},"a":${attributesText(body, at, end, 26, scrubber)}}`;
}

export function linksText(
  body: Uint8Array,
  places: Int32Array,
  first: number,
  count: number,
  scrubber: Scrubber,
): string {
  const parts: string[] = [];
  for (let i = first; i < first + count; i++)
    parts.push(linkText(body, places[i * 2]!, places[i * 2]! + places[i * 2 + 1]!, scrubber));
  return `[${parts.join(',')}]`;
}

function linkText(body: Uint8Array, at: number, end: number, scrubber: Scrubber): string {
  const wire = new WireReader(body);
  wire.at = at;
  let traceId = '';
  let spanId = '';
  let traceState = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) traceId = hexField(wire, end);
    else if (tag === 18) spanId = hexField(wire, end);
    else if (tag === 26) traceState = textField(wire, end);
    else wire.skip(tag, 0, end);
  }
  return `{"t":"${traceId}","s":"${spanId}","st":${JSON.stringify(traceState)},"a":${attributesText(body, at, end, 34, scrubber)}}`;
}

function attributesText(body: Uint8Array, at: number, end: number, tag: number, scrubber: Scrubber): string {
  return JSON.stringify(attributesOf(body, at, end, tag, scrubber).map(({ key, type, text }) => [key, type, text]));
}

/** The first exception among the events; undefined when there is none. */
export function exceptionOf(
  body: Uint8Array,
  places: Int32Array,
  first: number,
  count: number,
  scrubber: Scrubber,
): SeenError | undefined {
  for (let i = first; i < first + count; i++) {
    const at = places[i * 2]!;
    const error = { type: '', message: '', stacktrace: '' };
    for (const { key, text } of attributesOf(body, at, at + places[i * 2 + 1]!, 26, scrubber)) {
      if (key === 'exception.type') error.type = text;
      else if (key === 'exception.message') error.message = text;
      else if (key === 'exception.stacktrace') error.stacktrace = text;
    }
    if (error.type !== '' || error.message !== '' || error.stacktrace !== '') return error;
  }
  return undefined;
}

function decimal(body: Uint8Array, at: number): string {
  return new DataView(body.buffer, body.byteOffset + at, 8).getBigUint64(0, true).toString();
}

function textField(wire: WireReader, end: number): string {
  return field(wire, end).toString();
}

function hexField(wire: WireReader, end: number): string {
  return field(wire, end).toString('hex');
}

function field(wire: WireReader, end: number): Buffer {
  const length = wire.length(end);
  const at = wire.at;
  wire.at += length;
  return Buffer.from(wire.bytes.buffer, wire.bytes.byteOffset + at, length);
}
