import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { dnsDiscovery } from './dns-discovery.js';

const types: Readonly<Record<string, number>> = { A: 1, NS: 2, MX: 15, AAAA: 28, SRV: 33 };

/** A name as DNS writes it: each part after its length, and nothing at the end. */
const encoded = (name: string): Buffer =>
  Buffer.concat([...name.split('.').map(part => Buffer.from([part.length, ...Buffer.from(part)])), Buffer.from([0])]);

const u16 = (...values: readonly number[]): Buffer => Buffer.from(values.flatMap(value => [value >> 8, value & 255]));

/** Records by type, as the bytes of their content. */
const records: Readonly<Record<string, readonly Buffer[]>> = {
  A: [Buffer.from([10, 0, 0, 1]), Buffer.from([10, 0, 0, 2])],
  AAAA: [Buffer.from('20010db8000000000000000000000001', 'hex')],
  SRV: [Buffer.concat([u16(1, 1, 9464), encoded('one.shop.example')])],
  MX: [Buffer.concat([u16(10), encoded('mail.shop.example')])],
  NS: [encoded('ns.shop.example')],
};

let isBroken = false;

/** A name server that knows `shop.example` and says that there is nothing else. */
const server = createSocket('udp4', (query, { port, address }) => {
  const end = query.indexOf(0, 12) + 5;
  const question = query.subarray(12, end);
  const type = Object.entries(types).find(([, code]) => code === query.readUInt16BE(end - 4))?.[0] ?? '';
  const isKnown = question.subarray(0, -4).equals(encoded('shop.example'));
  const answers = isKnown && !isBroken ? (records[type] ?? []) : [];
  // Bits: an answer, asked recursively; then no error, server failure (2) or no such name (3).
  const flags = 0x8180 | (isBroken ? 2 : isKnown ? 0 : 3);
  const answer = Buffer.concat([
    query.subarray(0, 2),
    u16(flags, 1, answers.length, 0, 0),
    question,
    ...answers.map(content => Buffer.concat([u16(0xc00c, types[type] ?? 0, 1, 0, 60, content.length), content])),
  ]);
  server.send(answer, port, address);
});

const resolver = new Resolver({ timeout: 500, tries: 1 });
beforeAll(async () => {
  await new Promise<void>(resolve => server.bind(0, '127.0.0.1', resolve));
  resolver.setServers([`127.0.0.1:${server.address().port}`]);
});
afterAll(() => {
  resolver.cancel();
  server.close();
});

const discovery = (
  type: 'A' | 'AAAA' | 'SRV' | 'MX' | 'NS',
  ...names: readonly string[]
): ReturnType<typeof dnsDiscovery> => dnsDiscovery({ names, type, port: 8080, refreshMs: 1000 }, resolver);
const find = (one: ReturnType<typeof dnsDiscovery>): ReturnType<typeof one.find> =>
  one.find(new AbortController().signal);

test('records of every type become targets with their labels', async () => {
  const named = { __meta_dns_name: 'shop.example' };
  const found = async (type: 'A' | 'AAAA' | 'SRV' | 'MX' | 'NS'): Promise<unknown> =>
    (await find(discovery(type, 'shop.example'))).groups;
  const targets = (await find(discovery('A', 'shop.example'))).groups.flatMap(group => group.targets);
  expect(targets.toSorted()).toEqual(['10.0.0.1:8080', '10.0.0.2:8080']);
  expect(await found('AAAA')).toEqual([{ targets: ['[2001:db8::1]:8080'], labels: named }]);
  expect(await found('SRV')).toEqual([
    {
      targets: ['one.shop.example:9464'],
      labels: { ...named, __meta_dns_srv_record_target: 'one.shop.example.', __meta_dns_srv_record_port: '9464' },
    },
  ]);
  expect(await found('MX')).toEqual([
    { targets: ['mail.shop.example:8080'], labels: { ...named, __meta_dns_mx_record_target: 'mail.shop.example.' } },
  ]);
  expect(await found('NS')).toEqual([
    { targets: ['ns.shop.example:8080'], labels: { ...named, __meta_dns_ns_record_target: 'ns.shop.example.' } },
  ]);
});

test('a name that does not exist has no targets and is no fault; a server that fails is one, and what was known stays', async () => {
  const both = discovery('SRV', 'shop.example', 'nothing.example');
  expect(await find(both)).toMatchObject({ groups: [{ targets: ['one.shop.example:9464'] }], faults: [] });
  isBroken = true;
  const later = await find(both);
  isBroken = false;
  expect(later.groups).toMatchObject([{ targets: ['one.shop.example:9464'] }]);
  expect(later.faults).toHaveLength(2);
  expect(later.faults[0]).toContain('shop.example');
});
