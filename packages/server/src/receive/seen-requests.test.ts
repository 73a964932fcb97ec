import { randomBytes } from 'node:crypto';
import { appendFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { requestHash, SeenRequests } from './seen-requests.js';

let folder: string;
let nowMs: number;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bellwether-seen-'));
  nowMs = 1_800_000_000_000;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (maxRequests = 10_000): SeenRequests => new SeenRequests({ folder, maxRequests, now: () => nowMs });
const hashes = (count: number): readonly Uint8Array[] => Array.from({ length: count }, () => randomBytes(12));
const fails = (): Promise<never> => Promise.reject(new Error('full'));
const hoursMs = (hours: number): number => hours * 3_600_000;

const name = { workspace: 'w', key: 'k', protocol: 'otlp/http', signal: 'traces', encoding: 'protobuf' };

test('a request is named by its bytes and by who sent it as what: another of any is another name', () => {
  const body = Buffer.from('body');
  const hash = requestHash(body, name);
  expect(hash).toHaveLength(12);
  expect(requestHash(Buffer.from('body'), { ...name })).toEqual(hash);
  expect(requestHash(Buffer.from('bodY'), name)).not.toEqual(hash);
  for (const key of Object.keys(name)) expect(requestHash(body, { ...name, [key]: 'x' })).not.toEqual(hash);
});

test('what was added is known, whatever else is, and nothing else is', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.uint8Array({ minLength: 12, maxLength: 12 }), {
        maxLength: 60,
        selector: hash => Buffer.from(hash).toString('hex'),
      }),
      fc.nat(60),
      (all, split) => {
        const seen = open();
        for (const hash of all.slice(0, split)) seen.add(hash);
        expect(all.map(hash => seen.has(hash))).toEqual(all.map((_, index) => index < split));
      },
    ),
  );
});

test('a request is forgotten after 24 hours', () => {
  const seen = open();
  const [early, late] = hashes(2) as [Uint8Array, Uint8Array];
  seen.add(early);
  nowMs += hoursMs(20);
  seen.add(late);
  nowMs += hoursMs(3.9);
  expect([seen.has(early), seen.has(late)]).toEqual([true, true]);
  nowMs += hoursMs(0.2);
  expect([seen.has(early), seen.has(late)]).toEqual([false, true]);
});

test('memory is bounded: the older half makes room, the newer is known', () => {
  const seen = open(1000);
  const all = hashes(5000);
  for (const hash of all) seen.add(hash);
  expect(seen.count).toBeLessThanOrEqual(1000);
  expect(all.slice(-500).every(hash => seen.has(hash))).toBe(true);
  expect(seen.has(all[0]!)).toBe(false);
});

test('what was saved is known after a restart; a torn end costs only what was torn', async () => {
  const all = hashes(300);
  const first = open();
  for (const hash of all.slice(0, 200)) first.add(hash);
  await first.save();
  for (const hash of all.slice(200)) first.add(hash);
  await Promise.all([first.save(), first.save()]);
  const [file] = readdirSync(join(folder, 'seen'));
  expect(statSync(join(folder, 'seen', file ?? '')).size).toBe(300 * 16);
  appendFileSync(join(folder, 'seen', file ?? ''), randomBytes(7));

  const second = open();
  expect(all.every(hash => second.has(hash))).toBe(true);
  expect(second.count).toBe(300);
  second.add(randomBytes(12));
  await second.save();
  expect(readdirSync(join(folder, 'seen'))).toHaveLength(2);
  nowMs += hoursMs(25);
  expect(open().count).toBe(0);
});

test('a disk that takes nothing rejects, and what was added is saved when it does again', async () => {
  const seen = open();
  const [hash] = hashes(1) as [Uint8Array];
  seen.add(hash);
  rmSync(join(folder, 'seen'), { recursive: true });
  await expect(seen.save()).rejects.toThrow('ENOENT');
  expect(seen.has(hash)).toBe(true);
  mkdirSync(join(folder, 'seen'));
  await seen.save();
  expect(open().has(hash)).toBe(true);
});

test('of two that come at one time the second waits for the first, and hears what it heard', async () => {
  const seen = open();
  const [hash, other] = hashes(2) as [Uint8Array, Uint8Array];
  let runs = 0;
  const work = async (): Promise<number> => {
    runs += 1;
    await new Promise(resolve => setTimeout(resolve, 10));
    return runs;
  };
  const all = await Promise.all([seen.alone(hash, work), seen.alone(hash, work), seen.alone(other, work)]);
  expect(all.map(({ waited }) => waited)).toEqual([false, true, false]);
  expect(runs).toBe(2);
  const both = await Promise.allSettled([seen.alone(hash, fails), seen.alone(hash, work)]);
  expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect((await seen.alone(hash, work)).waited).toBe(false);
});
