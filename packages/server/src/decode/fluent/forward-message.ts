import { BadInput } from '../../base/bad-input.js';
import { MsgpackReader, type MsgpackValue } from '../msgpack.js';

/**
 * A message of Fluentd's forward protocol (https://github.com/fluent/fluentd/wiki/Forward-Protocol-Specification-v1) is an array, and by what stands behind the tag:
 *
 *     Message        [tag, time, record, option?]
 *     Forward        [tag, [[time, record], …], option?]
 *     PackedForward  [tag, bytes of [time, record] [time, record] …, option?], compressed when the option says so
 */
export interface ForwardMessage {
  readonly tag: string;
  /** Entries behind one another, or what unpacks to them. */
  readonly entries: Uint8Array;
  readonly compressed: 'no' | 'gzip';
  /** To be sent back when the entries are kept. */
  readonly chunk: string | undefined;
  /** What is not log records, by `fluent_signal`. */
  readonly isLogs: boolean;
}

/** Reads one message. Throws `BadInput` when it is none. */
export function readForwardMessage(bytes: Uint8Array): ForwardMessage {
  const reader = new MsgpackReader(bytes);
  const count = reader.array();
  if (count < 2 || count > 4) throw new BadInput(`a message of the forward protocol has 2 to 4 parts, not ${count}`);
  const tag = reader.string();
  const kind = reader.kind();
  const at = reader.at;
  let entries: Uint8Array;
  if (kind === 'array') {
    reader.array();
    const from = reader.at;
    reader.at = at;
    reader.skip();
    entries = bytes.subarray(from, reader.at);
  } else if (kind === 'string' || kind === 'bytes') entries = reader.bytes();
  else {
    if (count < 3) throw new BadInput('a message of the forward protocol has a time and no record');
    reader.skip();
    reader.skip();
    // The time and the record as an entry of their own: an array of two.
    entries = Buffer.concat([Buffer.of(0x92), bytes.subarray(at, reader.at)]);
  }
  const option = reader.isAtEnd ? null : reader.value();
  const options = option instanceof Map ? option : new Map<string, MsgpackValue>();
  return {
    tag,
    entries,
    compressed: compressionOf(options.get('compressed')),
    chunk: textOf(options.get('chunk')),
    isLogs: (options.get('fluent_signal') ?? 0) === 0,
  };
}

function compressionOf(value: MsgpackValue | undefined): ForwardMessage['compressed'] {
  const name = textOf(value) ?? '';
  if (name === '' || name === 'text') return 'no';
  if (name === 'gzip') return 'gzip';
  throw new BadInput(`entries compressed with ${JSON.stringify(name.slice(0, 20))} are not understood; use gzip`);
}

function textOf(value: MsgpackValue | undefined): string | undefined {
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.length).toString();
  return typeof value === 'string' ? value : undefined;
}

/** An event of the forward protocol. */
export interface ForwardEvent {
  readonly timeNs: bigint;
  readonly record: ReadonlyMap<string, MsgpackValue>;
  /** Fluent Bit's, of its second format. */
  readonly metadata: ReadonlyMap<string, MsgpackValue> | undefined;
}

export interface ForwardEvents {
  readonly events: readonly ForwardEvent[];
  readonly rejected: number;
  readonly rejectedReason: string;
}

/** Reads entries that stand behind one another. One that is no `[time, record]` is counted; behind one that is not MessagePack nothing can be read. */
export function readEntries(entries: Uint8Array): ForwardEvents {
  const reader = new MsgpackReader(entries);
  const events: ForwardEvent[] = [];
  let rejected = 0;
  let rejectedReason = '';
  while (!reader.isAtEnd) {
    try {
      const event = eventOf(reader.value());
      if (event !== undefined) {
        events.push(event);
        continue;
      }
      rejected += 1;
      rejectedReason ||= 'an entry is not [time, record]';
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      rejected += 1;
      rejectedReason ||= error.message;
      break;
    }
  }
  return { events, rejected, rejectedReason };
}

function eventOf(entry: MsgpackValue): ForwardEvent | undefined {
  if (!isList(entry)) return undefined;
  const [head, record] = entry;
  if (!isRecord(record)) return undefined;
  const [time, metadata] = isList(head) ? head : [head, undefined];
  const timeNs = timeOf(time);
  return timeNs === undefined ? undefined : { timeNs, record, metadata: isRecord(metadata) ? metadata : undefined };
}

const isList = (value: MsgpackValue | undefined): value is readonly MsgpackValue[] => Array.isArray(value);
const isRecord = (value: MsgpackValue | undefined): value is ReadonlyMap<string, MsgpackValue> => value instanceof Map;

/** The latest second that a time of 64 bits in nanoseconds can say. */
const lastSecond = 2 ** 33;

/** Seconds, whole or not, or an EventTime: extension 0, seconds and nanoseconds as two 32-bit numbers. */
function timeOf(value: MsgpackValue | undefined): bigint | undefined {
  if (typeof value === 'number') {
    if (!(value >= 0 && value < lastSecond)) return undefined;
    return BigInt(Math.floor(value)) * 1_000_000_000n + BigInt(Math.round((value % 1) * 1e6)) * 1000n;
  }
  if (typeof value !== 'object' || value === null || !('ext' in value) || value.ext !== 0 || value.data.length !== 8)
    return undefined;
  const view = Buffer.from(value.data.buffer, value.data.byteOffset, 8);
  return BigInt(view.readUInt32BE(0)) * 1_000_000_000n + BigInt(view.readUInt32BE(4));
}
