import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ledgerAnswer, type LedgerAnswer } from '@bellwether/model';
import { afterAll, expect, test } from 'vitest';
import { type Instance, newDataDir, removeDataDir, sleep, startInstance, stored, until } from './src/instance.ts';
import { protocols, StubbornSenders } from './src/stubborn-senders.ts';

/** The long form (`npm run test:faults`) kills 200 times, the short one a few times; both at random moments. */
const kills = process.env['BELLWETHER_FULL'] === '1' ? 200 : 3;
const folders: string[] = [];
afterAll(() => folders.forEach(removeDataDir));

function newFolder(): string {
  const dataDir = newDataDir();
  folders.push(dataDir);
  return dataDir;
}

type LedgerRow = LedgerAnswer['rows'][number];

const itemsOf = (reasons: LedgerRow['refused']): number => reasons.reduce((sum, { items }) => sum + items, 0);

/** The ledger once its equation holds with nothing on its way. */
async function settledLedger(instance: Instance): Promise<readonly LedgerRow[]> {
  await instance.flush();
  return until('nothing is pending in the ledger', 60_000, async () => {
    const { rows } = ledgerAnswer.parse(await instance.get('/api/bw/v1/ledger'));
    for (const row of rows) {
      const { received, stored, duplicate, sampledOut, pending, refused, dropped } = row;
      const sum = stored + duplicate + sampledOut + pending + itemsOf(refused) + itemsOf(dropped);
      expect({ ...row, received }, 'the equation of the ledger').toEqual({ ...row, received: sum });
    }
    return rows.every(({ pending }) => pending === 0) ? rows : undefined;
  });
}

/** Everything that was made is stored, whole and once; `lost` items may be missing where the disk decayed. */
async function expectStored(dataDir: string, senders: StubbornSenders, lost = 0): Promise<number> {
  let items = 0;
  let missing = 0;
  for (const { name, perRequest, sql } of protocols) {
    const rows = new Map((await stored(dataDir, sql)).map(row => [Number(row['request']), row]));
    for (const serial of senders.made.get(name) ?? []) {
      const row = rows.get(serial);
      if (row === undefined && lost > 0) {
        missing += perRequest;
        continue;
      }
      expect([name, serial, Number(row?.['c']), Number(row?.['u'])]).toEqual([name, serial, perRequest, perRequest]);
      items += perRequest;
    }
    expect(rows.size, `${name}: more than was made`).toBeLessThanOrEqual(senders.made.get(name)?.size ?? 0);
  }
  expect(missing).toBe(lost);
  return items;
}

test(`six protocols, senders that never give up, and kill -9 of everything ${kills} times: all is stored once, and the ledger knows`, async () => {
  const dataDir = newFolder();
  const senders = new StubbornSenders();
  let instance = await startInstance(dataDir);
  senders.start(instance.otlp);
  for (let kill = 0; kill < kills; kill++) {
    await sleep(100 + Math.random() * 1500);
    await instance.killAll();
    instance = await startInstance(dataDir);
    senders.moved(instance.otlp);
  }
  await senders.stop();
  const ledger = await settledLedger(instance);
  expect(await instance.stop()).toBe(0);
  const items = await expectStored(dataDir, senders);
  expect(ledger.reduce((sum, { stored }) => sum + stored, 0)).toBe(items);
  expect(ledger.flatMap(({ dropped }) => dropped)).toEqual([]);
  expect(senders.resent).toBeGreaterThan(0);
}, 1_800_000);

test('the server killed again and again while the receiver goes on: nobody is refused, and all is stored once', async () => {
  const dataDir = newFolder();
  const senders = new StubbornSenders();
  const instance = await startInstance(dataDir);
  senders.start(instance.otlp);
  for (let kill = 0; kill < kills; kill++) {
    await sleep(100 + Math.random() * 1000);
    process.kill(await until('the server process runs', 60_000, () => instance.serverPid()), 'SIGKILL');
  }
  await senders.stop();
  await until('the API answers again', 60_000, async () =>
    (await fetch(`${instance.api}/health/ready`).catch(() => undefined))?.ok === true ? true : undefined,
  );
  const ledger = await settledLedger(instance);
  expect(ledger.flatMap(({ refused, dropped }) => [...refused, ...dropped])).toEqual([]);
  expect(await instance.stop()).toBe(0);
  const items = await expectStored(dataDir, senders);
  expect(ledger.reduce((sum, { stored }) => sum + stored, 0)).toBe(items);
}, 1_800_000);

test(`[B5] with tail sampling, and kill -9 of everything ${kills} times while traces wait: none is lost or doubled, all are counted, the other signals are whole`, async () => {
  const dataDir = newFolder();
  const config = join(dataDir, 'bellwether.yaml');
  writeFileSync(config, 'tailSampling: {share: 0.3, keepRarePerMinute: 0, holdSeconds: 1}\n');
  const senders = new StubbornSenders();
  let instance = await startInstance(dataDir, ['--config', config]);
  senders.start(instance.otlp);
  for (let kill = 0; kill < kills; kill++) {
    // Longer than traces wait, so that some kills meet what was decided on its way.
    await sleep(100 + Math.random() * 3000);
    await instance.killAll();
    instance = await startInstance(dataDir, ['--config', config]);
    senders.moved(instance.otlp);
  }
  await senders.stop();
  const ledger = await settledLedger(instance);
  expect(await instance.stop()).toBe(0);
  expect(ledger.flatMap(({ dropped }) => dropped)).toEqual([]);
  expect(ledger.reduce((sum, { sampledOut }) => sum + sampledOut, 0)).toBeGreaterThan(0);
  const mayLack = new Set(['otlp traces', 'zipkin']);
  for (const { name, perRequest, sql } of protocols) {
    const rows = await stored(dataDir, sql);
    const doubled = rows.filter(row => Number(row['c']) !== Number(row['u']) || Number(row['c']) > perRequest);
    expect([name, doubled]).toEqual([name, []]);
    const items = rows.reduce((sum, row) => sum + Number(row['c']), 0);
    const made = (senders.made.get(name)?.size ?? 0) * perRequest;
    expect([name, mayLack.has(name) ? made : items]).toEqual([name, made]);
  }
  const spans = (protocol: string): number => {
    const rows = ledger.filter(row => row.protocol === protocol && row.signal === 'traces');
    return rows.reduce((sum, { stored, sampledOut }) => sum + stored + sampledOut, 0);
  };
  const counted = await stored(
    dataDir,
    "SELECT service, toUInt32(sum(count)) AS n FROM bellwether.red_minutes WHERE service LIKE 'stubborn%' GROUP BY service ORDER BY service",
  );
  const made = (name: string, perRequest: number): number => (senders.made.get(name)?.size ?? 0) * perRequest;
  expect(counted).toEqual([
    { service: 'stubborn', n: made('otlp traces', 20) },
    { service: 'stubborn-zipkin', n: made('zipkin', 5) },
  ]);
  expect([spans('otlp/http'), spans('zipkin')]).toEqual([made('otlp traces', 20), made('zipkin', 5)]);
  const [kept] = await stored(
    dataDir,
    "SELECT toUInt32(count()) AS n FROM bellwether.spans WHERE service LIKE 'stubborn%'",
  );
  const tracesKept = ledger.filter(({ signal }) => signal === 'traces').reduce((sum, { stored }) => sum + stored, 0);
  expect(kept).toEqual({ n: tracesKept });
}, 1_800_000);

test('a record that decays on the disk costs its own items, is counted as dropped, and nothing else', async () => {
  const dataDir = newFolder();
  const senders = new StubbornSenders();
  let instance = await startInstance(dataDir);
  const server = await until('the server process runs', 60_000, () => instance.serverPid());
  // With the server held nothing reaches the store: what is acknowledged is in the log alone.
  process.kill(server, 'SIGSTOP');
  senders.start(instance.otlp);
  await sleep(1500);
  await senders.stop();
  await instance.killAll();

  const [segment = ''] = readdirSync(join(dataDir, 'wal')).filter(name => name.endsWith('.wal'));
  const path = join(dataDir, 'wal', segment);
  const bytes = readFileSync(path);
  const at = bytes.indexOf('stubborn-zipkin');
  expect(at).toBeGreaterThan(0);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(path, bytes);

  instance = await startInstance(dataDir);
  const ledger = await settledLedger(instance);
  expect(await instance.stop()).toBe(0);
  expect(ledger.flatMap(({ dropped }) => dropped)).toEqual([{ reason: 'corrupt', items: 5 }]);
  await expectStored(dataDir, senders, 5);
}, 240_000);

test('a log that ends in the middle of a record starts again, and loses only what was never acknowledged', async () => {
  const dataDir = newFolder();
  const senders = new StubbornSenders();
  let instance = await startInstance(dataDir);
  senders.start(instance.otlp);
  await sleep(800);
  await senders.stop();
  await instance.killAll();
  const newest = readdirSync(join(dataDir, 'wal'))
    .filter(name => name.endsWith('.wal'))
    .toSorted()
    .at(-1);
  const path = join(dataDir, 'wal', newest ?? '');
  const bytes = readFileSync(path);
  // As a write that was interrupted: the beginning of the first record once more.
  writeFileSync(path, Buffer.concat([bytes, bytes.subarray(0, 40)]));
  instance = await startInstance(dataDir);
  const ledger = await settledLedger(instance);
  expect(await instance.stop()).toBe(0);
  expect(ledger.flatMap(({ dropped }) => dropped)).toEqual([]);
  await expectStored(dataDir, senders);
}, 240_000);

test('block files that are damaged on their way are made again from the log', async () => {
  const dataDir = newFolder();
  const senders = new StubbornSenders();
  const instance = await startInstance(dataDir);
  const server = await until('the server process runs', 60_000, () => instance.serverPid());
  process.kill(server, 'SIGSTOP');
  senders.start(instance.otlp);
  const blocks = join(dataDir, 'blocks');
  const made = (): readonly string[] => readdirSync(blocks).filter(name => name.endsWith('.native'));
  await until('the receiver has made block files', 60_000, () => (made().length > 0 ? true : undefined));
  await senders.stop();
  const files = made();
  for (const name of files) writeFileSync(join(blocks, name), readFileSync(join(blocks, name)).subarray(0, 100));
  process.kill(server, 'SIGCONT');
  const ledger = await settledLedger(instance);
  expect(await instance.stop()).toBe(0);
  const items = await expectStored(dataDir, senders);
  expect(ledger.reduce((sum, { stored }) => sum + stored, 0)).toBe(items);
}, 240_000);
