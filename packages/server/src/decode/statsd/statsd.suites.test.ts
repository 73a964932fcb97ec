import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readDatagram } from './datagram.js';
import { identityOf } from './identity.js';
import type { Reading } from './line.js';

/** `../shared/suites` beside the project's root. */
const suites = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites');
})();

const read = (file: string): string => readFileSync(join(suites, file), 'utf8');

function readingsOf(bytes: Uint8Array): { readonly readings: readonly Reading[]; readonly bad: readonly string[] } {
  const readings: Reading[] = [];
  const bad: string[] = [];
  readDatagram(bytes, { reading: reading => readings.push(reading), bad: reason => bad.push(reason) });
  return { readings, bad };
}

interface Case {
  readonly name: string;
  readonly in: string;
  readonly out: readonly Event[];
}

interface Event {
  readonly type: string;
  readonly name: string;
  readonly value: number;
  readonly relative?: boolean;
  readonly labels: Readonly<Record<string, string>>;
}

const all: readonly Case[] = JSON.parse(read('statsd/statsd_exporter-lines.json'));
/** A line occurs again with tag styles switched off; ours are always on, as in its first occurrence. */
const cases = all.filter((one, index) => all.findIndex(other => other.in === one.in) === index);

/** Where we read a line otherwise than statsd_exporter, and why. */
const otherwise: readonly (readonly [reason: string, lines: readonly string[]])[] = [
  [
    'a line with a sample rate or a time that can not be read is refused, as by Datadog’s agent: what it counts is not known',
    ['foo:1|c|@bar', 'foo:2|c|@0', 'foo:100|c|#tag:val|Tnot-a-ts', 'foo:100|c|#tag:val|T'],
  ],
  [
    'several values are taken for every type and in every style, as by Datadog’s agent',
    [
      'foo_counter:0.5:120:3000:10:20000:0.01|c|#tag1:bar,tag2:baz',
      'foo_gauge:0.5:120:3000:10:20000:0.01|g|#tag1:bar,tag2:baz',
      'foo.[tag1=bar,tag2=baz]test:0.5:120:3000:10:20000:0.01|ms',
      'foo.[tag1=bar,tag2=baz]test:0.5:120:3000:10:20000:0.01|c',
      'foo.[]test:0.5:120:3000:10:20000:0.01|c',
      'foo.[]test:0.5:120:3000:10:20000:0.01|ms',
      'foo.test:0.5:120:3000:10:20000:0.01|ms',
    ],
  ],
  [
    'fields that are empty or not known are ignored, as by Datadog’s agent',
    [
      'foo:1|c|',
      'foo:100|c|#tag1:value|c',
      'foo:100|c|#tag1:value|c:',
      'foo:100|c|@0.1|#tag1:value|c:container|extra:component',
    ],
  ],
];

const back = new Map([
  ['service.name', 'service'],
  ['deployment.environment.name', 'env'],
  ['container.id', 'container_id'],
]);

/** As statsd_exporter says it: one event per value and per sample that was left out, labels in Prometheus’ form, and no tags without a value. */
function eventsOf(reading: Reading): readonly Event[] {
  if (reading.is !== 'sample') return [];
  const { resource, attributes } = identityOf(reading);
  const labels: Record<string, string> = {};
  for (const [name, value] of [...resource, ...attributes]) {
    const label = (back.get(name) ?? name).replaceAll(/\W/g, '_').replace(/^\d/, '_$&');
    if (value !== 'true') labels[label] = String(value);
  }
  const { name, rate, kind } = reading;
  switch (kind) {
    case 'set':
      return [];
    case 'gauge':
      return reading.settings.map(({ value, isSigned }) => ({
        type: 'Gauge',
        name,
        value,
        labels,
        ...(isSigned ? { relative: true } : {}),
      }));
    case 'counter':
      return reading.numbers.map(number => ({ type: 'Counter', name, value: number / rate, labels }));
    default:
      return reading.numbers.flatMap(number =>
        Array.from({ length: Math.round(1 / rate) }, () => ({
          type: 'Observer',
          name,
          value: kind === 'timer' ? number / 1000 : number,
          labels,
        })),
      );
  }
}

/** Bytes that are no UTF-8 came into the suite as if they were Latin-1. */
const bytesOf = ({ name, in: line }: Case): Buffer => Buffer.from(line, /invalid utf8/.test(name) ? 'latin1' : 'utf8');

const same = cases.filter(one => !otherwise.some(([, lines]) => lines.includes(one.in)));

test.each(same.map(one => [one.name, one] as const))('statsd_exporter: %s', (_, one) => {
  const expected = one.out.map(({ relative, ...event }) => (relative === true ? { ...event, relative } : event));
  expect(readingsOf(bytesOf(one)).readings.flatMap(eventsOf)).toEqual(expected);
});

test.each(otherwise)('otherwise than statsd_exporter: %s', (reason, lines) => {
  for (const line of lines) {
    expect(cases.map(one => one.in)).toContain(line);
    const { readings, bad } = readingsOf(Buffer.from(line));
    expect([line, readings.length, bad.length]).toEqual(reason.includes('is refused') ? [line, 0, 1] : [line, 1, 0]);
  }
});

const packets: readonly { readonly in: string; readonly expect: string }[] = JSON.parse(
  read('statsd/dogstatsd-metric-packets.json'),
);

/** What an outcome says of a line besides that it is read. */
function facts(outcome: string): Readonly<Record<string, unknown>> {
  const [, rate] = /rate=(\S+)/.exec(outcome) ?? [];
  const [, tags] = /tags=(\d+)/.exec(outcome) ?? [];
  const [, member] = /setValue=(\S+)/.exec(outcome) ?? [];
  const [, values] = /values=\[(.*)\]/.exec(outcome) ?? [];
  return {
    ...(rate === undefined ? {} : { rate: Number(rate) }),
    ...(tags === undefined ? {} : { tagCount: Number(tags) }),
    ...(member === undefined ? {} : { member }),
    ...(values === undefined ? {} : { settings: values.split(',').map(value => ({ value: Number(value) })) }),
  };
}

test.each(packets.map(packet => [packet.in, packet.expect] as const))('Datadog’s agent: %s is %s', (line, outcome) => {
  const { readings, bad } = readingsOf(Buffer.from(line));
  expect([readings.length, bad.length]).toEqual(outcome === 'error' ? [0, 1] : [1, 0]);
  const read = readings.map(reading =>
    reading.is === 'sample' ? { ...reading, tagCount: identityOf(reading).attributes.length } : reading,
  );
  expect(read).toMatchObject(readings.map(() => facts(outcome)));
});

test.each(['udp-dd-ok.jsonl', 'udp-hs.jsonl'])('what a real client sent is read: %s', file => {
  const datagrams = read(`client-captures/${file}`).trim().split('\n');
  const results = datagrams.map((line): ReturnType<typeof readingsOf> => readingsOf(Buffer.from(JSON.parse(line).s)));
  // hot-shots was given a list for a distribution, and wrote it with commas.
  expect(results.flatMap(({ bad }) => bad)).toEqual(file === 'udp-hs.jsonl' ? ['a value is no number'] : []);
  expect(results.flatMap(({ readings }) => readings).length).toBeGreaterThan(7);
});
