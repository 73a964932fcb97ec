import { BadInput } from '../../base/bad-input.js';
import { fields, WireReader } from '../wire-reader.js';
import { parseLabels } from './labels.js';
import type { LokiEntry, LokiPush, LokiStream } from './push.js';

/**
 * Loki's push in protobuf, unpacked (https://github.com/grafana/loki/blob/main/pkg/push/push.proto):
 *
 *     PushRequest = 1: repeated Stream
 *     Stream      = 1: labels as text  2: repeated Entry  3: hash
 *     Entry       = 1: Timestamp { 1: seconds  2: nanos }  2: line  3: repeated structured metadata { 1: name  2: value }
 */
export function lokiFromProtobuf(body: Uint8Array): LokiPush {
  const wire = new WireReader(body);
  const streams: LokiStream[] = [];
  let rejected = 0;
  let rejectedReason = '';
  const reject = (count: number, reason: string): void => {
    rejected += count;
    rejectedReason ||= reason;
  };
  while (wire.at < body.length) {
    const tag = wire.varint(body.length);
    if (tag !== 10) {
      wire.skip(tag, fields(1), body.length);
      continue;
    }
    const length = wire.length(body.length);
    const { labels, entries } = readStream(wire, wire.at + length);
    const timed = entries.filter(({ timeNs }) => timeNs >= 0n);
    if (timed.length < entries.length)
      reject(entries.length - timed.length, 'an entry’s timestamp lies before 1970 or far ahead');
    try {
      streams.push({ labels: parseLabels(labels), entries: timed });
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      reject(timed.length, error.message);
    }
  }
  return { streams, rejected, rejectedReason };
}

function readStream(
  wire: WireReader,
  end: number,
): { readonly labels: string; readonly entries: readonly LokiEntry[] } {
  let labels = '{}';
  const entries: LokiEntry[] = [];
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) labels = text(wire, end);
    else if (tag === 18) {
      const length = wire.length(end);
      entries.push(readEntry(wire, wire.at + length));
    } else wire.skip(tag, fields(1, 2), end);
  }
  return { labels, entries };
}

function readEntry(wire: WireReader, end: number): LokiEntry {
  let timeNs = 0n;
  let line = '';
  const metadata = new Map<string, string>();
  while (wire.at < end) {
    const tag = wire.varint(end);
    switch (tag) {
      case 10: {
        const length = wire.length(end);
        timeNs = readTime(wire, wire.at + length);
        break;
      }
      case 18:
        line = text(wire, end);
        break;
      case 26: {
        const length = wire.length(end);
        metadata.set(...readPair(wire, wire.at + length));
        break;
      }
      default:
        wire.skip(tag, fields(1, 2, 3), end);
    }
  }
  return { timeNs, line, metadata };
}

/** -1 for a time that nanoseconds can not say. */
function readTime(wire: WireReader, end: number): bigint {
  let seconds = 0;
  let nanos = 0;
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 8) seconds = wire.varint(end);
    else if (tag === 16) nanos = wire.varint(end);
    else wire.skip(tag, fields(1, 2), end);
  }
  return seconds < 2 ** 33 && nanos < 1e9 ? BigInt(seconds) * 1_000_000_000n + BigInt(nanos) : -1n;
}

function readPair(wire: WireReader, end: number): [name: string, value: string] {
  let name = '';
  let value = '';
  while (wire.at < end) {
    const tag = wire.varint(end);
    if (tag === 10) name = text(wire, end);
    else if (tag === 18) value = text(wire, end);
    else wire.skip(tag, fields(1, 2), end);
  }
  return [name, value];
}

function text(wire: WireReader, end: number): string {
  const length = wire.length(end);
  const { bytes, at } = wire;
  wire.at += length;
  return Buffer.from(bytes.buffer, bytes.byteOffset + at, length).toString();
}
