import {
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { silent } from '../base/log.js';
import type { Arrival } from './frame.js';
import type { Position } from './recovery.js';
import { WriteAheadLog, type Kept, type LogOptions } from './write-ahead-log.js';

let folder: string;
let opened: WriteAheadLog[] = [];

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'bellwether-wal-')), 'wal');
});

afterEach(async () => {
  for (const log of opened) await log.close();
  opened = [];
  rmSync(join(folder, '..'), { recursive: true, force: true });
});

async function openLog(options: Partial<LogOptions> = {}) {
  const both = await WriteAheadLog.open({ folder, maxBytes: 1 << 30, log: silent, ...options });
  opened.push(both.log);
  return both;
}

function arrival(text: string): Arrival {
  return {
    workspace: 'default',
    signal: 'traces',
    encoding: 'protobuf',
    contentEncoding: 'identity',
    receivedMs: 1_700_000_000_000,
    body: Buffer.from(text),
  };
}

const start: Position = { segment: 0, offset: 0 };

function bodies(log: WriteAheadLog, fromSeq = 1, toSeq = Infinity): readonly string[] {
  return [...log.read(start, fromSeq, toSeq)].map(
    ({ record }) => `${record.seq} ${Buffer.from(record.body).toString()}`,
  );
}

const segments = (): readonly string[] =>
  readdirSync(folder)
    .filter(name => name.endsWith('.wal'))
    .sort();

async function appendAll(log: WriteAheadLog, texts: readonly string[]): Promise<readonly number[]> {
  const seqs: number[] = [];
  await Promise.all(texts.map(text => log.append(arrival(text), seq => seqs.push(seq))));
  return seqs;
}

test('what was kept is there after the log is opened again, and numbers go on', async () => {
  const first = await openLog();
  expect(await appendAll(first.log, ['a', 'b'])).toEqual([1, 2]);
  await first.log.close();

  const second = await openLog();
  expect(bodies(second.log)).toEqual(['1 a', '2 b']);
  expect(second.recovery).toMatchObject({ cuts: [], lastSeq: 2, damagedRanges: 0, tornBytes: 0 });
  expect(await appendAll(second.log, ['c'])).toEqual([3]);
  expect(bodies(second.log)).toEqual(['1 a', '2 b', '3 c']);
});

test('two hundred requests that wait together share a few fdatasyncs, and are told in the order of their numbers', async () => {
  let commits = 0;
  const { log } = await openLog({ onCommit: () => (commits += 1) });
  const seqs = await appendAll(
    log,
    Array.from({ length: 200 }, (_, index) => `body ${index}`),
  );
  expect(seqs).toEqual(Array.from({ length: 200 }, (_, index) => index + 1));
  expect(commits).toBeLessThanOrEqual(3);
});

test('the files are readable by their owner only', async () => {
  const { log } = await openLog();
  await appendAll(log, ['a']);
  expect(statSync(folder).mode & 0o777).toBe(0o700);
  for (const name of readdirSync(folder))
    expect([name, statSync(join(folder, name)).mode & 0o777]).toEqual([name, 0o600]);
});

test('a full log says so, keeps nothing of the request, and takes requests again when the store has the old ones', async () => {
  const { log } = await openLog({ maxBytes: 512 << 10 });
  const big = 'x'.repeat(60 << 10);
  const answers: string[] = [];
  for (let index = 0; index < 12; index++) answers.push(await log.append(arrival(big), () => {}));
  expect(answers.filter(answer => answer === 'kept')).toHaveLength(8);
  expect(answers.slice(8)).toEqual(['full', 'full', 'full', 'full']);
  expect(await log.cut({ fromSeq: 1, toSeq: 8, token: 't' })).toBe('kept');

  log.stored({ seq: 8 });
  await expect.poll(() => log.append(arrival(big), () => {})).toBe('kept');
  expect(bodies(log, 9).map(text => text.slice(0, 4))).toEqual(['9 xx']);
});

test('the log leaves room on the disk for those who empty it, and goes on when there is some again', async () => {
  let freeBytes = 1 << 20;
  const { log } = await openLog({ disk: () => ({ freeBytes, sizeBytes: 2 ** 40 }) });
  expect([await log.append(arrival('a'), () => {}), log.isFull]).toEqual(['full', true]);
  expect(await log.cut({ fromSeq: 1, toSeq: 1, token: 't' })).toBe('kept');
  freeBytes = 1 << 30;
  await expect.poll(() => log.append(arrival('a'), () => {})).toBe('kept');
});

test('a disk that takes nothing is a full log, and the log recovers by itself', async () => {
  const { log } = await openLog({ maxBytes: 512 << 10 });
  await appendAll(log, ['x'.repeat(70 << 10)]);
  renameSync(folder, `${folder}-away`);
  // The next segment can not be made.
  expect(await log.append(arrival('b'), () => {})).toBe('full');
  expect(await log.append(arrival('c'), () => {})).toBe('full');
  renameSync(`${folder}-away`, folder);
  expect(await log.append(arrival('d'), () => {})).toBe('kept');
  expect(bodies(log).map(text => text.slice(0, 3))).toEqual(['1 x', `${log.lastSeq} d`]);
});

test('stored segments are deleted, and their numbers are never given again', async () => {
  const first = await openLog({ maxBytes: 512 << 10 });
  for (let index = 0; index < 5; index++) await appendAll(first.log, ['x'.repeat(70 << 10)]);
  expect(segments()).toHaveLength(5);
  first.log.stored({ seq: 5 });
  await expect.poll(() => segments().length).toBe(1);
  await first.log.close();

  const second = await openLog();
  await expect.poll(() => segments()).toEqual([]);
  expect(second.log.lastSeq).toBe(5);
  expect(second.log.id).toBe(first.log.id);
  expect(await appendAll(second.log, ['next'])).toEqual([6]);
});

test('blocks that were cut and not stored come back with their bounds, their tokens and the place of their first body', async () => {
  const first = await openLog();
  await appendAll(first.log, ['a', 'b', 'c', 'd', 'e']);
  await first.log.cut({ fromSeq: 1, toSeq: 2, token: 'one' });
  await first.log.cut({ fromSeq: 3, toSeq: 4, token: 'two' });
  first.log.stored({ seq: 2 });
  await first.log.close();

  const { log, recovery } = await openLog();
  expect(recovery.cuts).toMatchObject([{ fromSeq: 3, toSeq: 4, token: 'two' }]);
  const [cut] = recovery.cuts;
  expect([...log.read(cut?.position ?? start, 3, 4)].map(({ record }) => record.seq)).toEqual([3, 4]);
  const tail = recovery.tail ?? start;
  expect([...log.read(tail, 5, Infinity)].map(({ record }) => record.seq)).toEqual([5]);
});

test('a cut that was damaged is made again between its neighbours, under the same token', async () => {
  const first = await openLog();
  const token = (from: number, to: number): string => first.log.token(from, to);
  await appendAll(first.log, ['a', 'b']);
  const cutAt = first.log.bytes;
  await first.log.cut({ fromSeq: 1, toSeq: 2, token: token(1, 2) });
  await appendAll(first.log, ['c']);
  await first.log.cut({ fromSeq: 3, toSeq: 3, token: token(3, 3) });
  await first.log.close();
  flip(cutAt + 20);

  const { recovery } = await openLog();
  expect(recovery.damagedRanges).toBe(1);
  expect(recovery.cuts.map(({ token }) => token)).toEqual([token(1, 2), token(3, 3)]);
  expect(recovery.tail).toBeUndefined();
});

test('held records have blocks and a position of their own; a segment stays while it holds one that is not stored', async () => {
  const first = await openLog({ maxBytes: 512 << 10 });
  const counted = { key: '', protocol: 'zipkin', items: [], hash: undefined };
  const append = (name: string, isHeld: boolean): Promise<Kept> =>
    first.log.append({ ...arrival(name.repeat(70 << 10)), counted, isHeld }, () => {});
  for (const isHeld of [true, false, true, false, true]) await append(isHeld ? 'h' : 'd', isHeld);
  expect(segments()).toHaveLength(5);
  const decisions = Uint8Array.from(Buffer.from('decided'));
  await first.log.cut({ fromSeq: 1, toSeq: 4, token: first.log.token(1, 4) });
  await first.log.cut({ fromSeq: 1, toSeq: 3, token: first.log.token(1, 3, true), decisions });
  first.log.stored({ seq: 4 });
  // The second and the fourth held only what is stored now.
  await expect.poll(() => segments().map(name => Number(name.slice(0, 10)))).toEqual([1, 3, 5, 6]);
  await first.log.close();

  const { log, recovery } = await openLog();
  expect(recovery.cuts).toMatchObject([{ fromSeq: 1, toSeq: 3, token: log.token(1, 3, true), decisions }]);
  expect(recovery.tail).toBeUndefined();
  const [open] = [...log.read(recovery.heldTail ?? start, 4, Infinity)];
  expect(open?.record).toMatchObject({ seq: 5, isHeld: true });
  log.stored({ heldSeq: 3 });
  await expect.poll(() => segments().map(name => Number(name.slice(0, 10)))).toEqual([5]);
  expect([log.storedSeq, log.heldStoredSeq, log.lastSeq]).toEqual([4, 3, 5]);
});

test('the cut of held records that was damaged is made again under its token; all of its spans are kept then', async () => {
  const first = await openLog();
  const counted = { key: '', protocol: 'zipkin', items: [], hash: undefined };
  await first.log.append({ ...arrival('h'), counted, isHeld: true }, () => {});
  await appendAll(first.log, ['direct']);
  const cutAt = first.log.bytes;
  await first.log.cut({ fromSeq: 1, toSeq: 1, token: first.log.token(1, 1, true), decisions: Buffer.from('x') });
  await first.log.append({ ...arrival('h'), counted, isHeld: true }, () => {});
  await first.log.cut({ fromSeq: 2, toSeq: 3, token: first.log.token(2, 3, true), decisions: Buffer.from('y') });
  await first.log.close();
  flip(cutAt + 20);

  const { log, recovery } = await openLog();
  expect(recovery.cuts).toMatchObject([
    { fromSeq: 1, toSeq: 1, token: log.token(1, 1, true), decisions: new Uint8Array() },
    { fromSeq: 2, toSeq: 3, decisions: Uint8Array.from(Buffer.from('y')) },
  ]);
  expect(recovery.tail).toBeDefined();
});

test('a torn tail is cut off; what was kept before it stays', async () => {
  const first = await openLog();
  await appendAll(first.log, ['a', 'b']);
  await first.log.close();
  const path = join(folder, segments()[0] ?? '');
  truncateSync(path, statSync(path).size - 1);

  const second = await openLog();
  expect(bodies(second.log)).toEqual(['1 a']);
  expect(second.recovery.tornBytes).toBeGreaterThan(0);
  await second.log.close();
  expect((await openLog()).recovery.tornBytes).toBe(0);
});

test('a corrupt record is set aside and counted, and the log starts every time', async () => {
  const first = await openLog();
  await appendAll(first.log, ['a']);
  const end = first.log.bytes;
  await appendAll(first.log, ['b']);
  const offset = end + 40;
  await appendAll(first.log, ['c']);
  await first.log.close();
  flip(offset);

  for (let start = 0; start < 3; start++) {
    const { log, recovery } = await openLog();
    expect(recovery.damagedRanges).toBe(1);
    expect(bodies(log)).toEqual(['1 a', '3 c']);
    expect(recovery.lastSeq).toBe(3);
    await log.close();
  }
  expect(readdirSync(join(folder, 'quarantine'))).toHaveLength(1);
});

test('without its checkpoint a log gives everything again, under the tokens it gave before', async () => {
  const first = await openLog();
  await appendAll(first.log, ['a', 'b']);
  const token = first.log.token(1, 2);
  await first.log.cut({ fromSeq: 1, toSeq: 2, token });
  first.log.stored({ seq: 2 });
  await first.log.close();
  writeFileSync(join(folder, 'stored'), '{"logId":');

  const { recovery } = await openLog();
  expect(recovery.cuts.map(({ token }) => token)).toEqual([token]);
  expect(JSON.parse(readFileSync(join(folder, 'stored'), 'utf8'))).toMatchObject({ storedSeq: 0 });
});

function flip(offset: number): void {
  const path = join(folder, segments()[0] ?? '');
  const bytes = readFileSync(path);
  bytes[offset] = (bytes[offset] ?? 0) ^ 0x55;
  writeFileSync(path, bytes);
}
