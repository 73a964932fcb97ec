import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { z } from 'zod';
import type { PromqlFeature } from './base/promql-features.js';
import { startProgram } from './running-program.test-support.js';

/** `../shared/suites` beside the project's root. */
const suite = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites', 'promqltest');
})();

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function room(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `bellwether-${name}-`));
  cleanups.push(() => rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }));
  return folder;
}

const report = z.array(
  z.object({
    file: z.string(),
    pass: z.number(),
    n: z.number(),
    fails: z.array(z.object({ line: z.number(), expr: z.string(), why: z.string(), msg: z.string().optional() })),
  }),
);

/**
 * Files for each of three runners, which mostly wait for what they wrote to be stored. The runner takes every file whose name contains what it is
 * told, so that those whose names end alike stay together.
 */
function shared(files: readonly string[]): readonly (readonly string[])[] {
  const roots = files.filter(name => !files.some(other => other !== name && name.endsWith(other)));
  return [0, 1, 2].map(runner => roots.filter((_, at) => at % 3 === runner));
}

/** Lets the suite's own runner judge the program; each of its worlds is a workspace. */
async function judged(
  folder: string,
  features: readonly PromqlFeature[],
): Promise<{ readonly passed: number; readonly cases: number; readonly failures: readonly string[] }> {
  const { api, ingest, stop } = await startProgram(features);
  cleanups.push(stop);
  const files = readdirSync(join(suite, folder)).filter(name => name.endsWith('.test'));
  const target = ['--query', api, '--write', `${ingest}/api/v1/write`, '--flush', `${api}/api/bw/v1/flush`];
  const out = room('promqltest-report');
  const results = await Promise.all(
    shared(files).map(async (own, runner) => {
      const file = join(out, `${runner}.json`);
      const from = ['--dir', folder, '--files', own.join(','), '--json', file, '--strip-positions'];
      const world = `X-Scope-OrgID: runner${runner}-{world}`;
      await promisify(execFile)(process.execPath, [join(suite, 'run.mjs'), ...from, ...target, '--header', world], {
        maxBuffer: 1 << 24,
      });
      return report.parse(JSON.parse(readFileSync(file, 'utf8')));
    }),
  );
  const all = results.flat().toSorted((a, b) => (a.file < b.file ? -1 : 1));
  return {
    passed: all.reduce((total, { pass }) => total + pass, 0),
    cases: all.reduce((total, { n }) => total + n, 0),
    failures: all.flatMap(({ file, fails }) =>
      fails.map(({ line, expr, why, msg }) => `${file}:${line} [${why}] ${expr}\n    ${msg ?? ''}`),
    ),
  };
}

test('through remote write, the store and the HTTP API every case of Prometheus 3.5.5 has the result that Prometheus says', async () => {
  const { passed, cases, failures } = await judged('testdata-v3.5.5', [
    'promql-experimental-functions',
    'promql-duration-expr',
    'promql-delayed-name-removal',
    'type-and-unit-labels',
  ]);
  expect(failures).toEqual([]);
  expect([passed, cases]).toEqual([1479, 1479]);
}, 240_000);

test('so has every case of Prometheus 2.42.0, where answers are to be as in Prometheus 2', async () => {
  const { passed, cases, failures } = await judged('testdata-v2.42.0', [
    'promql-experimental-functions',
    'prometheus-2',
  ]);
  expect(failures).toEqual([]);
  expect([passed, cases]).toEqual([566, 566]);
}, 180_000);
