// `npm test`: everything. Installs what is missing, says what it leaves out and why, and ends with `N passed, N failed`.
// `npm run test:full` runs the long forms of the long tests (BELLWETHER_FULL=1).
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { staticChecks } from './check.mjs';
import { ensureInstalled } from './installed.mjs';
import { root, run } from './run.mjs';
import { ensureTestTools } from './test-tools.mjs';

const ci = process.env.CI === 'true' || process.env.CI === '1';
const full = process.argv.includes('--full');
const results = join(root, 'test-results');

await ensureInstalled();
const lacking = await ensureTestTools();
const suites = existsSync(join(root, '..', 'shared', 'suites'));
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

let { passed, failed } = await staticChecks();
const leftOut = [];
for (const program of lacking) {
  leftOut.push(`${program.needs}: ${program.name} is not installed (Debian: apt-get install ${program.debian})`);
}
if (!suites)
  leftOut.push('the outside suites (*.suites.test.ts): the folder shared/suites does not stand beside this project');

const lacksChromium = lacking.some(({ name }) => name === 'Chromium');
/** Unit tests that leave nothing behind in their process share one: starting it and reading what they import is most of what they take. */
const shared = [
  'packages/ui',
  'packages/promql',
  'packages/model',
  'packages/dashboards',
  'packages/server/src/base',
  'packages/server/src/config',
  'packages/server/src/decode',
  'packages/server/src/enrich',
];
/** What is to be run by itself, before the rest: the time that a first start may take is a promise, and holds on a machine that does nothing else. */
const alone = ['e2e/first-light.browser.test.ts'];
/**
 * What is to be run, the longest first. Tests of whole processes wait half of their time, so three are run at a time on two cores: who is done takes the next.
 * Tests of one project are run in two parts where it would be the longest by itself, or where they can share a process.
 */
const parts = [
  { name: 'integration-packages', project: 'integration', elsewhere: ['e2e/**'] },
  ...(lacksChromium ? [] : [{ name: 'browser', project: 'browser', elsewhere: alone }]),
  { name: 'integration-e2e', project: 'integration', elsewhere: ['packages/**', 'examples/**'] },
  { name: 'unit', project: 'unit', elsewhere: shared.map(folder => `${folder}/**`) },
  { name: 'matrix', project: 'matrix' },
  ...(suites ? [{ name: 'suites', project: 'suites' }] : []),
  { name: 'unit-shared', project: 'unit', options: ['--no-isolate', ...shared.map(folder => `${folder}/`)] },
];
if (!lacksChromium) await test({ name: 'alone', project: 'browser', options: alone });
const waiting = parts.values();
const lane = async () => {
  for (const part of waiting) await test(part);
};
await Promise.all([lane(), lane(), lane()]);

/** Runs tests of one project of vitest.config.ts and counts them. */
async function test({ name, project, options = [], elsewhere = [] }) {
  const file = join(results, `${name}.json`);
  const start = performance.now();
  const env = {
    ...process.env,
    BELLWETHER_FULL: full ? '1' : '',
    BELLWETHER_TESTS_ELSEWHERE: [...elsewhere, ...lacking.flatMap(program => program.tests)].join(' '),
    NO_COLOR: '1',
  };
  let output = '';
  try {
    await run(
      join(root, 'node_modules', '.bin', 'vitest'),
      [
        'run',
        '--project',
        project,
        '--passWithNoTests',
        ...options,
        '--silent=passed-only',
        '--reporter=default',
        '--reporter=json',
        `--outputFile.json=${file}`,
      ],
      { quiet: true, env },
    );
  } catch (error) {
    output = error.output ?? String(error);
  }
  const report = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const bad = report === undefined ? 1 : report.numFailedTests + (report.numFailedTests === 0 && output !== '' ? 1 : 0);
  passed += report?.numPassedTests ?? 0;
  failed += bad;
  const skipped = report?.numPendingTests ?? 0;
  if (skipped > 0) leftOut.push(`${skipped} ${name} tests that say themselves what they need`);
  if (output !== '') console.log(output);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${bad === 0 ? 'ok     ' : 'FAILED '} ${name} tests: ${report?.numPassedTests ?? 0} passed, ${bad} failed (${seconds} s)`,
  );
}

if (leftOut.length > 0) {
  console.log('\nLeft out:');
  for (const line of leftOut) console.log(`- ${line}`);
  if (ci) {
    console.log('In CI nothing may be left out: this counts as failed.');
    failed += leftOut.length;
  }
}
console.log(`\n${passed} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
