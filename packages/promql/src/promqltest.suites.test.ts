import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import type { EvaluateOptions } from './evaluate/options.js';
import { startStandIn } from './prometheus-stand-in.test-support.js';

/** `../shared/suites` beside the project's root. */
const suite = ((): string => {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package-lock.json'))) folder = dirname(folder);
  return join(dirname(folder), 'shared', 'suites', 'promqltest');
})();

interface FileResult {
  readonly file: string;
  readonly pass: number;
  readonly n: number;
  readonly fails: readonly {
    readonly line: number;
    readonly expr: string;
    readonly why: string;
    readonly msg?: string;
  }[];
}

/** Lets the suite's own runner judge the engine: `failures` are what it found wrong. */
async function judged(
  folder: string,
  flags: readonly string[],
  options: EvaluateOptions,
): Promise<{ readonly passed: number; readonly cases: number; readonly failures: readonly string[] }> {
  const server = await startStandIn(options);
  const room = mkdtempSync(join(tmpdir(), 'bellwether-promqltest-'));
  try {
    const report = join(room, 'report.json');
    const target = [
      '--query',
      server.url,
      '--write',
      `${server.url}/api/v1/write`,
      '--header',
      'X-Scope-OrgID: {world}',
    ];
    const args = [join(suite, 'run.mjs'), '--dir', folder, ...target, '--json', report, ...flags];
    await promisify(execFile)(process.execPath, args);
    const files: readonly FileResult[] = JSON.parse(readFileSync(report, 'utf8'));
    return {
      passed: files.reduce((total, { pass }) => total + pass, 0),
      cases: files.reduce((total, { n }) => total + n, 0),
      failures: files.flatMap(({ file, fails }) =>
        fails.map(({ line, expr, why, msg }) => `${file}:${line} [${why}] ${expr}\n    ${msg ?? ''}`),
      ),
    };
  } finally {
    await server.close();
    rmSync(room, { recursive: true, force: true });
  }
}

test('every case of Prometheus 3.5.5 has the result that Prometheus says', async () => {
  const options = { delayedNameRemoval: true };
  const { passed, cases, failures } = await judged('testdata-v3.5.5', ['--strip-positions'], options);
  expect(failures).toEqual([]);
  expect([passed, cases]).toEqual([1479, 1479]);
}, 240_000);

test('every case of Prometheus 2.42.0 has the result that Prometheus 2 gave', async () => {
  const { passed, cases, failures } = await judged('testdata-v2.42.0', ['--strip-positions'], { prometheus2: true });
  expect(failures).toEqual([]);
  expect([passed, cases]).toEqual([566, 566]);
}, 240_000);
