import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Metrics } from '../core/metrics.js';
import { type Batch, signals } from './batch.js';
import { Losses } from './losses.js';
import { Outbox } from './outbox.js';
import { claimedName, spoolName } from './spool-name.js';
import { readSpoolRecords, spoolRecord } from './spool-record.js';
import { Spool } from './spool.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-spool-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** No process has this number. */
const gonePid = 2 ** 22 + 1;
const host = 'abcd';
let clockMs = 1_700_000_000_000;

function spooling({ maxBytes = 1_048_576, maxAgeMs = 3_600_000, pid = process.pid, at = folder } = {}) {
  const losses = new Losses(new Metrics(), 'there');
  const lines: string[] = [];
  const spool = new Spool({
    folder: join(at, 'there'),
    maxBytes,
    maxAgeMs,
    owner: { host, pid, thread: 0 },
    unixMs: () => clockMs++,
    losses,
    say: line => lines.push(line),
  });
  return { spool, losses, lines };
}

const batch = (items: number, isPrecious = false, size = 40): Batch => ({
  signal: 'logs',
  body: Buffer.alloc(size, items),
  items,
  isPrecious,
});
const files = (): readonly string[] => readdirSync(join(folder, 'there')).sort();

async function drained(spool: Spool): Promise<readonly number[]> {
  const seen: number[] = [];
  for (let taken = await spool.take(); taken !== undefined; taken = await spool.take()) {
    seen.push(...taken.batches.map(each => each.items));
    await spool.remove(taken.name);
  }
  return seen;
}

test('[A6] batches come back whole and in order, precious ones first, also to another process; nobody else can read them', async () => {
  const { spool } = spooling({ pid: gonePid });
  await spool.write([batch(1), batch(2)], false);
  await spool.write([batch(3)], false);
  await spool.write([batch(4, true)], false);
  const paths = files().map(name => join(folder, 'there', name));
  expect(paths.map(path => statSync(path).mode & 0o777)).toEqual([0o600, 0o600, 0o600]);
  expect(statSync(join(folder, 'there')).mode & 0o777).toBe(0o700);
  const next = spooling().spool;
  const first = await next.take();
  expect(first?.batches).toEqual([batch(4, true)]);
  await next.remove(first?.name ?? '');
  expect(await drained(next)).toEqual([1, 2, 3]);
  expect(files()).toEqual([]);
});

test('[A6] what one process sends, another leaves alone; what a process that is gone was sending is taken over', async () => {
  const { spool } = spooling();
  await spool.write([batch(1)], false);
  await spool.write([batch(2)], false);
  const mine = await spool.take();
  expect(mine?.batches[0]?.items).toBe(1);
  const other = spooling({ pid: process.ppid }).spool;
  expect((await other.take())?.batches[0]?.items).toBe(2);
  expect(await spooling({ pid: process.ppid }).spool.take()).toBeUndefined();
  const [name = ''] = files();
  const bytes = readFileSync(join(folder, 'there', name));
  rmSync(join(folder, 'there'), { recursive: true });
  await spool.write([batch(9)], false);
  const dead = claimedName(name, { host, pid: gonePid, thread: 0 }, clockMs);
  writeFileSync(join(folder, 'there', dead), bytes);
  expect(await drained(spooling().spool)).toEqual([1, 9]);
});

test('[A6] a file that was cut short by a crash gives what is whole, and the rest is counted', async () => {
  const owner = { host, pid: gonePid, thread: 0 };
  const { spool, losses } = spooling();
  await spool.write([batch(1)], false);
  await drained(spool);
  const records = Buffer.concat([batch(2), batch(3)].flatMap(spoolRecord));
  const facts = { isPrecious: false, writtenUnixMs: clockMs, items: { traces: 0, logs: 5, metrics: 0 }, bytes: 99 };
  const name = spoolName(facts, owner, 1);
  writeFileSync(join(folder, 'there', `${name}.tmp`), records.subarray(0, records.length - 7));
  const next = spooling();
  expect(await drained(next.spool)).toEqual([2]);
  expect([next.losses.total.logs, losses.total.logs, files()]).toEqual([3, 0, []]);
});

test('a full spool gives up its oldest that is not precious; one that is too old goes too; both are counted by reason', async () => {
  const { spool, losses } = spooling({ maxBytes: 300 });
  await spool.write([batch(1, true, 80)], false);
  for (const items of [2, 3, 4]) await spool.write([batch(items, false, 80)], false);
  expect([losses.total.logs, files().length]).toEqual([2, 3]);
  clockMs += 4_000_000;
  await spool.write([batch(5)], false);
  expect([losses.total.logs, await drained(spool)]).toEqual([10, [5]]);
});

test('[A6] a folder that cannot be written is told once, and what waits stays in memory', async () => {
  writeFileSync(join(folder, 'there'), 'a file where the folder should be');
  const { spool, losses, lines } = spooling();
  const outbox = new Outbox({ maxBytes: 1000, spool, losses });
  outbox.push(batch(1, true));
  outbox.push(batch(2));
  outbox.setAway(true);
  await outbox.settle();
  expect((await outbox.next())?.items).toBe(1);
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain(`cannot write to the spool ${join(folder, 'there')} (EEXIST`);
  expect([outbox.queue.size, losses.total.logs]).toEqual([2, 0]);
});

test('[L9] a business event is on disk before it is sent, and gone from there when it is delivered', async () => {
  const { spool, losses } = spooling();
  const outbox = new Outbox({ maxBytes: 1000, spool, losses });
  outbox.push(batch(1, true));
  const next = await outbox.next();
  expect([next?.items, files().length]).toEqual([1, 1]);
  if (next !== undefined) outbox.done(next);
  await expect.poll(files).toEqual([]);
});

test('while the destination is away all moves to disk, and goes out from there in order when it is back', async () => {
  const { spool, losses } = spooling();
  const outbox = new Outbox({ maxBytes: 1000, spool, losses });
  outbox.push(batch(1));
  outbox.setAway(true);
  outbox.push(batch(2, true));
  await outbox.settle();
  expect([outbox.queue.size, files().length]).toEqual([0, 2]);
  outbox.setAway(false);
  outbox.push(batch(3));
  const sent: number[] = [];
  for (let next = await outbox.next(); next !== undefined; next = await outbox.next()) {
    sent.push(next.items);
    outbox.done(next);
  }
  expect(sent).toEqual([2, 1, 3]);
});

test('at the end of a process what is in memory is written at once, and the next process has it', async () => {
  const { spool, losses } = spooling({ pid: gonePid });
  const outbox = new Outbox({ maxBytes: 1000, spool, losses });
  outbox.push(batch(1));
  outbox.push(batch(2, true));
  await outbox.next();
  outbox.end(false);
  expect(losses.total.logs).toBe(0);
  expect(await drained(spooling().spool)).toEqual([2, 1]);
});

test('records are read as they were written, and any bytes whatever give no error', () => {
  const one = fc.record({
    signal: fc.constantFrom(...signals),
    body: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)),
    items: fc.nat(),
    isPrecious: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(one), batches => {
      expect(readSpoolRecords(Buffer.concat(batches.flatMap(spoolRecord)))).toEqual({ batches, isWhole: true });
    }),
  );
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), bytes => {
      expect(readSpoolRecords(Buffer.from(bytes)).isWhole).toBe(false);
    }),
  );
});
