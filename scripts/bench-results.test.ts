import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';

const bench = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bench');
const read = (name: string): unknown => JSON.parse(readFileSync(join(bench, name, 'results.json'), 'utf8'));

const overhead = z.object({
  summary: z.array(z.object({ variant: z.string(), cpuRatio: z.number(), addedRssMb: z.number() })),
});

// These read what was recorded on a quiet machine; nothing is timed here. Record again with the commands in bench/README.md.

test("[T3] the recorded CPU cost of the SDK is below every peer's in the same run", () => {
  const { summary } = overhead.parse(read('sdk-overhead'));
  const ours = summary.find(one => one.variant === 'bellwether')?.cpuRatio ?? Infinity;
  const peers = summary.filter(one => !['bare', 'bellwether'].includes(one.variant));
  expect(peers.length).toBeGreaterThanOrEqual(3);
  expect(peers.filter(peer => peer.cpuRatio <= ours)).toEqual([]);
});

test('[T4] the recorded memory that the SDK adds is at most 25 MB', () => {
  const { summary } = overhead.parse(read('sdk-overhead'));
  expect(summary.find(one => one.variant === 'bellwether')?.addedRssMb).toBeLessThanOrEqual(25);
});

test('the recorded ingest run lost nothing', () => {
  const { summary } = z
    .object({ summary: z.object({ lost: z.number(), refused: z.number() }) })
    .parse(read('ingest-traces'));
  expect(summary).toMatchObject({ lost: 0, refused: 0 });
});
