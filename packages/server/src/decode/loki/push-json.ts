import { BadInput } from '../../base/bad-input.js';
import { listOf, membersOf, parseJson } from '../nested-json.js';
import { nsOfRfc3339 } from '../rfc3339.js';
import { parseLabels } from './labels.js';
import type { LokiEntry, LokiPush, LokiStream } from './push.js';

/**
 * Loki's push in JSON (https://grafana.com/docs/loki/latest/reference/loki-http-api/#ingest-logs): `{"streams":[{"stream":{…},"values":[["<ns>","line",{…}]]}]}`,
 * and the older `{"streams":[{"labels":"{…}","entries":[{"ts":"2026-01-01T00:00:00Z","line":"…"}]}]}`.
 */
export function lokiFromJson(body: Uint8Array): LokiPush {
  const push = parseJson(body, 'send {"streams":[…]}, or snappy protobuf as application/x-protobuf');
  const list = membersOf(push).get('streams');
  if (!Array.isArray(list))
    throw new BadInput('the body has no list "streams"; send {"streams":[{"stream":{…},"values":[…]}]}');
  const streams: LokiStream[] = [];
  let rejected = 0;
  let rejectedReason = '';
  const reject = (count: number, reason: string): void => {
    rejected += count;
    rejectedReason ||= reason;
  };
  for (const one of list) {
    const stream = membersOf(one);
    const values = [...listOf(stream.get('values')), ...listOf(stream.get('entries'))];
    try {
      const labels = labelsOf(stream);
      const entries = values.map(entryOf);
      streams.push({ labels, entries: entries.filter(entry => entry !== undefined) });
      const bad = entries.filter(entry => entry === undefined).length;
      if (bad > 0) reject(bad, 'an entry is not ["<nanoseconds since 1970 as text>", "line"]');
    } catch (error) {
      if (!(error instanceof BadInput)) throw error;
      reject(values.length, error.message);
    }
  }
  return { streams, rejected, rejectedReason };
}

function labelsOf(stream: ReadonlyMap<string, unknown>): ReadonlyMap<string, string> {
  const text = stream.get('labels');
  return typeof text === 'string' ? parseLabels(text) : textsOf(stream.get('stream'));
}

/** Undefined when it is no entry. */
function entryOf(value: unknown): LokiEntry | undefined {
  const old = membersOf(value);
  const [time, line, metadata] = Array.isArray(value) ? value : [old.get('ts'), old.get('line'), undefined];
  const timeNs = timeOf(time);
  return timeNs === undefined || typeof line !== 'string' ? undefined : { timeNs, line, metadata: textsOf(metadata) };
}

const largestNs = 2n ** 63n;

/** Nanoseconds as text or number, or a date with a time. */
function timeOf(value: unknown): bigint | undefined {
  const text = typeof value === 'number' && value >= 0 ? value.toFixed(0) : value;
  if (typeof text !== 'string') return undefined;
  if (/^\d{1,19}$/.test(text)) {
    const ns = BigInt(text);
    return ns < largestNs ? ns : undefined;
  }
  return nsOfRfc3339(text);
}

function textsOf(value: unknown): ReadonlyMap<string, string> {
  return new Map(
    [...membersOf(value)].map(([name, one]) => [name, typeof one === 'string' ? one : (JSON.stringify(one) ?? '')]),
  );
}
