import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { decode } from '../decode.js';
import { swallow } from '../hostile-parts.test-support.js';
import { eventLog } from './event-log.js';
import { readJsonObject } from './exact-json.js';
import { plain } from './sentry.test-support.js';
import { translateEnvelope, translateEvent } from './translate.js';

/** `../shared/suites` beside the project's root. */
const suites = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites');
})();
const samples = join(suites, 'sentry-event-samples');
const captures = join(suites, 'client-captures');
const sender = { project: '42', receivedMs: 1_790_000_000_000 };

const files = ['bugsink', 'glitchtip', 'sentry'].flatMap(folder =>
  readdirSync(join(samples, folder))
    .filter(name => name.endsWith('.json'))
    .map(name => join(folder, name)),
);

test('there are the samples that the suite promises', () => {
  expect(files).toHaveLength(127);
});

/** Without a zone a time is UTC. */
const isoMs = (text: string): number => Date.parse(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`);

describe('[I1] [I3] an event of some SDK becomes one record that a person can read', () => {
  test.each(files)('%s', file => {
    const bytes = readFileSync(join(samples, file));
    const { parts, eventId } = translateEvent(bytes, sender);
    expect(parts.map(({ signal, rejected }) => [signal, rejected])).toEqual([['logs', undefined]]);
    expect(decode('logs', 'protobuf', parts[0]?.body ?? new Uint8Array()).items).toBe(1);
    swallow(() => parts);

    const sent = JSON.parse(bytes.toString());
    expect(eventId).toBe(sent.event_id.replaceAll('-', ''));
    const log = eventLog(readJsonObject(bytes), { dsc: new Map(), receivedNs: 1n });
    const sentMs = typeof sent.timestamp === 'number' ? sent.timestamp * 1000 : isoMs(sent.timestamp);
    expect(Math.abs(Number(log.timeNs / 1_000_000n) - sentMs)).toBeLessThanOrEqual(1);
    expect(log.severityNumber).toBeGreaterThan(0);
    expect(log.body).not.toBe('(no message)');

    const attributes = plain(log.attributes);
    const values = (Array.isArray(sent.exception) ? sent.exception : (sent.exception?.values ?? [])).filter(Boolean);
    const thrown = values.at(-1);
    const frames = (thrown?.stacktrace?.frames ?? []).filter(Boolean);
    const stack = String(attributes['exception.stacktrace'] ?? '');
    expect({
      event: log.eventName,
      isTyped: Boolean(attributes['exception.type']),
      type: thrown?.type ? attributes['exception.type'] : undefined,
      message: attributes['exception.message'],
      hasAllFrames: (stack.match(/^ {4}at /gm)?.length ?? 0) >= Math.min(frames.length, 100),
      exceptions: JSON.parse(String(attributes['sentry.exception'] ?? '[]')).length,
    }).toEqual({
      event: thrown === undefined ? 'message' : 'exception',
      isTyped: thrown !== undefined,
      type: thrown?.type || undefined,
      message: thrown?.value || undefined,
      hasAllFrames: true,
      exceptions: values.length,
    });
  });
});

/** What an envelope holds, counted without our reader: spans, records, points and files. */
function counted(text: string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  const add = (name: string, number: number): void => {
    counts[name] = (counts[name] ?? 0) + number;
  };
  const lines = text
    .split('\n')
    .slice(1)
    .filter(line => line !== '');
  for (let i = 0; i + 1 < lines.length; i += 2) {
    const header = JSON.parse(lines[i] ?? '');
    const payload = lines[i + 1] ?? '';
    if (header.type === 'attachment') add('files', 1);
    else if (header.type === 'transaction') add('traces', 1 + JSON.parse(payload).spans.length);
    else if (header.type === 'span') add('traces', JSON.parse(payload).items.length);
    else if (header.type === 'log') add('logs', JSON.parse(payload).items.length);
    else if (header.type === 'trace_metric') add('metrics', JSON.parse(payload).items.length);
    else if (header.type === 'client_report') add('metrics', JSON.parse(payload).discarded_events.length);
    else if (header.type === 'session')
      add('metrics', (JSON.parse(payload).init ? 1 : 0) + (JSON.parse(payload).status === 'ok' ? 0 : 1));
    else if (header.type === 'sessions') {
      const [{ exited, errored, crashed }] = JSON.parse(payload).aggregates;
      add('metrics', 1 + [exited, errored, crashed].filter(number => number > 0).length);
    } else add('logs', 1);
  }
  return Object.fromEntries(Object.entries(counts).filter(([, count]) => count > 0));
}

const recorded = readdirSync(captures)
  .filter(name => /^out-sentry.*\.jsonl$/.test(name))
  .flatMap(file =>
    readFileSync(join(captures, file), 'utf8')
      .split('\n')
      .filter(line => line !== '')
      .map((line, i) => {
        const { body, b64 } = JSON.parse(line);
        const bytes = body === undefined ? Buffer.from(b64 ?? '', 'base64') : Buffer.from(body);
        const unpacked = bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
        return [`${file} ${i}`, unpacked] as const;
      }),
  );

test.each(recorded)('[B8] a recorded envelope is kept whole: %s', (_, bytes) => {
  const { parts, eventId } = translateEnvelope(bytes, sender);
  const kept = Object.fromEntries(
    parts.map(({ signal, body }) => [signal, decode(signal, 'protobuf', body).items] as const),
  );
  expect(parts.filter(({ rejected }) => rejected !== undefined)).toEqual([]);
  expect(kept).toEqual(counted(bytes.toString()));
  expect(eventId).toBe(JSON.parse(bytes.toString().split('\n')[0] ?? '').event_id);
});
