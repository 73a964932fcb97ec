import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { z } from 'zod';

const bench = join(dirname(dirname(fileURLToPath(import.meta.url))), 'bench');
const read = (name: string, file = 'results.json'): unknown =>
  JSON.parse(readFileSync(join(bench, name, file), 'utf8'));

const overhead = z.object({
  summary: z.array(z.object({ variant: z.string(), cpuRatio: z.number(), addedRssMb: z.number() })),
});

// These read what was recorded, where the page does not say otherwise on a quiet machine; nothing is timed here. Record again with the commands in bench/README.md.

/** Counts requests and does nothing else: no trace, no error, no log line. */
const onlyCounts = 'prom-client';

test('[T3] the recorded CPU cost of the SDK is below that of every agent that traces in the same run', () => {
  const { summary } = overhead.parse(read('sdk-overhead'));
  const ours = summary.find(one => one.variant === 'bellwether')?.cpuRatio ?? Infinity;
  const peers = summary.filter(one => !['bare', 'bellwether', onlyCounts].includes(one.variant));
  expect(peers.length).toBeGreaterThanOrEqual(3);
  expect(peers.filter(peer => peer.cpuRatio <= ours)).toEqual([]);
});

test('[T4] the recorded memory that the SDK adds is at most 25 MB', () => {
  const { summary } = overhead.parse(read('sdk-overhead'));
  expect(summary.find(one => one.variant === 'bellwether')?.addedRssMb).toBeLessThanOrEqual(25);
});

const latency = z.object({
  settings: z.object({
    perSecond: z.literal(100),
    connections: z.literal(16),
    path: z.literal('/orders/:id'),
    with: z.literal('bellwether'),
  }),
  summary: z.object({
    addedP50Ms: z.number(),
    addedP99Ms: z.number(),
    throughputLost: z.number(),
    lateP99Ms: z.number(),
  }),
});
const page = readFileSync(join(bench, 'README.md'), 'utf8');

/** A generator that was late shared its cores with other work: such a run can show a miss, never that a target is met. */
function verdict(measured: number, target: number, lateP99Ms: number): string {
  if (measured > target) return '**missed**';
  return lateP99Ms < 3 ? 'met' : 'not shown (busy machine)';
}

// A missed target does not fail the build as long as the page says so; a page that says otherwise than the record does.

test('[T1] the page gives the latency that the SDK was recorded to add against 0.05 ms at p50 and 0.3 ms at p99, and calls a miss a miss', () => {
  const { addedP50Ms, addedP99Ms, lateP99Ms } = latency.parse(read('sdk-overhead', 'latency.json')).summary;
  expect(page).toContain(
    `| added p50 | ${addedP50Ms.toFixed(3)} ms | 0.05 ms | ${verdict(addedP50Ms, 0.05, lateP99Ms)} |`,
  );
  expect(page).toContain(
    `| added p99 | ${addedP99Ms.toFixed(3)} ms | 0.3 ms | ${verdict(addedP99Ms, 0.3, lateP99Ms)} |`,
  );
});

test('[T2] the page gives the throughput that the SDK was recorded to take at saturation against 20%, and calls a miss a miss', () => {
  const { throughputLost, lateP99Ms } = latency.parse(read('sdk-overhead', 'latency.json')).summary;
  const percent = (100 * throughputLost).toFixed(1);
  expect(page).toContain(`| throughput lost | ${percent}% | 20% | ${verdict(throughputLost, 0.2, lateP99Ms)} |`);
});

test('the recorded ingest run lost nothing', () => {
  const { summary } = z
    .object({ summary: z.object({ lost: z.number(), refused: z.number() }) })
    .parse(read('ingest-traces'));
  expect(summary).toMatchObject({ lost: 0, refused: 0 });
});
