import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { swallowAnything } from '../hostile-parts.test-support.js';
import type { Part } from '../parts.js';
import { maxSyslogBytes, SyslogFraming } from './framing.js';
import { parseSyslog, type SyslogMessage } from './message.js';
import { syslogParts } from './syslog-logs.js';

const receivedMs = new Date(2026, 0, 2, 12, 0, 0).getTime();
const parse = (text: string | Buffer): SyslogMessage => parseSyslog(Buffer.from(text), receivedMs);
const localNs = (...time: readonly [number, number, number, number, number, number]): bigint =>
  BigInt(new Date(...time).getTime()) * 1_000_000n;

test('the examples of RFC 5424', () => {
  expect(
    parse(
      "<34>1 2003-10-11T22:14:15.003Z mymachine.example.com su - ID47 - \uFEFF'su root' failed for lonvick on /dev/pts/8",
    ),
  ).toEqual({
    severity: 2,
    facility: 4,
    timeNs: 1_065_910_455_003_000_000n,
    host: 'mymachine.example.com',
    app: 'su',
    procId: '',
    messageId: 'ID47',
    data: new Map(),
    text: "'su root' failed for lonvick on /dev/pts/8",
    isWellFormed: true,
  });
  expect(
    parse("<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts."),
  ).toMatchObject({
    timeNs: 1_061_727_255_000_003_000n,
    host: '192.0.2.1',
    procId: '8710',
    text: "%% It's time to make the do-nuts.",
  });
  const text =
    '<165>1 2003-10-11T22:14:15.003Z mymachine.example.com evntslog - ID47 [exampleSDID@32473 iut="3" eventSource="Application" eventID="1011"][examplePriority@32473 class="high"]';
  expect(parse(text)).toMatchObject({
    data: new Map([
      ['exampleSDID@32473.iut', '3'],
      ['exampleSDID@32473.eventSource', 'Application'],
      ['exampleSDID@32473.eventID', '1011'],
      ['examplePriority@32473.class', 'high'],
    ]),
    text: text.slice(text.indexOf('[')),
    isWellFormed: true,
  });
});

test('everything may be nil, and a value of structured data may hold quotes, brackets and repetitions', () => {
  expect(parse('<0>1 - - - - - -')).toMatchObject({
    severity: 0,
    facility: 0,
    timeNs: undefined,
    host: '',
    app: '',
    text: '',
    isWellFormed: true,
  });
  expect(parse(String.raw`<13>1 - h a 1 m [o ip="1" ip="2" q="a\"b\]c\\d\e" ] text [not="data"]`)).toMatchObject({
    data: new Map<string, unknown>([
      ['o.ip', ['1', '2']],
      ['o.q', String.raw`a"b]c\d\e`],
    ]),
    text: 'text [not="data"]',
  });
});

test.each<[string, Partial<SyslogMessage>]>([
  [
    '<34>Oct 11 22:14:15 mymachine su: failed',
    { host: 'mymachine', app: 'su', procId: '', text: 'failed', timeNs: localNs(2025, 9, 11, 22, 14, 15) },
  ],
  [
    '<13>Jan  2 11:59:59 host app[42]: text',
    { host: 'host', app: 'app', procId: '42', timeNs: localNs(2026, 0, 2, 11, 59, 59) },
  ],
  [
    '<13>Dec 31 23:59:59 app[42]: no host',
    { host: '', app: 'app', text: 'no host', timeNs: localNs(2025, 11, 31, 23, 59, 59) },
  ],
  ['<13>Jan 10 00:00:00 host words without a tag', { host: 'host', app: '', text: 'words without a tag' }],
  ['<189>Jan  2 2026 11:00:00: %SYS-5-CONFIG: x', { app: '%SYS-5-CONFIG', text: 'x' }],
  ['<13>2026-01-02T12:00:00.5+01:00 host app: x', { host: 'host', app: 'app', timeNs: 1_767_351_600_500_000_000n }],
])('RFC 3164: %s', (text, expected) => {
  expect(parse(text)).toMatchObject({ ...expected, isWellFormed: true });
});

test.each<[string | Buffer, Partial<SyslogMessage>]>([
  ['no priority', { severity: undefined, text: 'no priority' }],
  ['<192>1 - - - - - -', { severity: undefined, text: '<192>1 - - - - - -' }],
  ['<11>just text', { severity: 3, facility: 1, text: 'just text' }],
  ['<11>Foo 99 10:00:00 x', { severity: 3, text: 'Foo 99 10:00:00 x' }],
  ['<11>1 - host app 1 id [broken="x', { severity: 3, host: 'host', app: 'app', text: '[broken="x' }],
  ['<11>1 yesterday host app 1 id - x', { severity: 3, text: '1 yesterday host app 1 id - x' }],
  [Buffer.from('caf\u00e9', 'latin1'), { text: 'café' }],
])('%j is kept with what is known', (text, expected) => {
  expect(parse(text)).toMatchObject({ ...expected, isWellFormed: false });
});

test('the line end that some senders add to a datagram is no part of the text', () => {
  expect(parse('<13>1 - - - - - - text\r\n\0').text).toBe('text');
});

const texts = (messages: readonly Buffer[]): readonly string[] => messages.map(message => message.toString());

test('a stream’s messages end as each of them says: by a length or by a line', () => {
  const framing = new SyslogFraming();
  const stream = '6 <1>a\nb<2>line\n12 monkeys\r\n5 <3>yz\n\n7 <4>123\n8 <5>héé9 cut';
  expect(texts(framing.push(Buffer.from(stream)))).toEqual([
    '<1>a\nb',
    '<2>line',
    '12 monkeys',
    '<3>yz',
    '<4>123',
    '<5>héé',
  ]);
});

test('what waits when the stream ends is its last message', () => {
  const framing = new SyslogFraming();
  expect(framing.push(Buffer.from('<1>no line end'))).toEqual([]);
  expect(texts(framing.end())).toEqual(['<1>no line end']);
});

test('a message that is too long is cut, and the one behind it is whole', () => {
  const framing = new SyslogFraming();
  const long = 'x'.repeat(maxSyslogBytes * 2);
  const messages = texts(framing.push(Buffer.from(`${long}\n<2>b\n${long.length + 3} <3>${long}<4>d\n`)));
  expect(messages.map(({ length }) => length)).toEqual([maxSyslogBytes, 4, maxSyslogBytes, 4]);
  expect([messages[1], messages[3]]).toEqual(['<2>b', '<4>d']);
  expect(framing.waitingBytes).toBe(0);
});

test('messages are what was sent, in whatever pieces it comes', () => {
  const anyText = fc
    .string({ unit: 'binary', minLength: 1, maxLength: 40 })
    .map(text => `<1>${text.replaceAll(/[\n\r\0]/g, ' ')}`);
  const anyMessages = fc.array(fc.tuple(anyText, fc.boolean()), { maxLength: 10 });
  const same = fc.property(anyMessages, fc.integer({ min: 1, max: 20 }), (messages, step) => {
    const stream = Buffer.concat(
      messages.map(([text, isCounted]) => Buffer.from(isCounted ? `${Buffer.byteLength(text)} ${text}` : `${text}\n`)),
    );
    const framing = new SyslogFraming();
    const found: string[] = [];
    for (let at = 0; at < stream.length; at += step) found.push(...texts(framing.push(stream.subarray(at, at + step))));
    expect(found).toEqual(messages.map(([text]) => text));
  });
  fc.assert(same);
});

const translate = (body: Uint8Array): readonly Part[] => {
  const framing = new SyslogFraming();
  const messages = [...framing.push(body), ...framing.end()];
  return syslogParts(messages.map(one => ({ message: parseSyslog(one, receivedMs), from: '127.0.0.1', receivedMs })));
};

test('any bytes, and any damage to good ones, are kept', () => {
  const good = Buffer.from(
    '<165>1 2003-10-11T22:14:15.003Z h evntslog 7 ID47 [a@1 b="c"] \uFEFFtext\n9 <34>Oct 11 22:14:15 m su: x\n',
  );
  expect(() => swallowAnything(translate, good)).not.toThrow();
});

test('a message of any shape is read in little time', () => {
  const before = process.cpuUsage();
  for (const part of ['[a ', '[a b="', '\\"', 'x', ' ', '[', '<13>', 'a.', '1 - '])
    for (const head of ['', '<13>', '<13>1 - - - - - ', '<13>Jan  2 11:59:59 ']) parse(head + part.repeat(60_000));
  expect(process.cpuUsage(before).user / 1000).toBeLessThan(2000);
});
