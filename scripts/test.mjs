// `npm test`: everything. Installs what is missing, says what it leaves out and why, and ends with `N passed, N failed`.
// A few files that failed beside the others are run once more by themselves, and named as races when they pass (docs/adr/0026).
// `npm run test:full` runs the long forms of the long tests (BELLWETHER_FULL=1).
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { staticChecks } from './check.mjs';
import { ensureInstalled } from './installed.mjs';
import { root, run } from './run.mjs';
import { brokenRun, countTests, worthAnotherRun } from './test-counts.mjs';
import { ensureTestTools } from './test-tools.mjs';

const ci = process.env.CI === 'true' || process.env.CI === '1';
const full = process.argv.includes('--full');
const results = join(root, 'test-results');

await ensureInstalled();
const lacking = await ensureTestTools();
const suites = existsSync(join(root, '..', 'shared', 'suites'));
rmSync(results, { recursive: true, force: true });
mkdirSync(results, { recursive: true });

const checked = await staticChecks();
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
const rows = [];
if (!lacksChromium) rows.push(...(await test({ name: 'alone', project: 'browser', options: alone })));
const waiting = parts.values();
const lane = async () => {
  for (const part of waiting) rows.push(...(await test(part)));
};
await Promise.all([lane(), lane(), lane()]);

const races = [];
for (const row of worthAnotherRun(rows)) {
  const name = relative(root, row.file);
  console.log(`\nOnce more, by itself: ${name}`);
  const again = await test({ name: `again-${name.replaceAll('/', '-')}`, project: row.project, options: [name] });
  if (again.length !== 1 || sum(again, 'failed') > 0) continue;
  races.push(...row.failures.map(failure => `${name}: ${failure}`));
  rows[rows.indexOf(row)] = again[0];
}

/** Runs tests of one project of vitest.config.ts; returns what each file came to, see `countTests`. */
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
  const counted = report === undefined ? [] : countTests(report);
  const isBroken = sum(counted, 'failed') === 0 ? output !== '' : output.includes('Vitest caught');
  if (isBroken) counted.push(brokenRun);
  if (output !== '') console.log(output);
  const [passed, failed, skipped] = ['passed', 'failed', 'skipped'].map(what => sum(counted, what));
  if (skipped > 0) leftOut.push(`${skipped} ${name} tests that say themselves what they need`);
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(
    `${failed === 0 ? 'ok     ' : 'FAILED '} ${name} tests: ${passed} passed, ${failed} failed (${seconds} s)`,
  );
  return counted.map(row => ({ ...row, project }));
}

function sum(counted, what) {
  return counted.reduce((all, row) => all + row[what], 0);
}

if (races.length > 0) {
  console.log(
    '\nFailed beside other tests and passed by themselves. Each is a race to be mended, in the test or in the product:',
  );
  for (const line of races) console.log(`- ${line}`);
}
const notRun = ci ? leftOut.length : 0;
if (leftOut.length > 0) {
  console.log('\nLeft out:');
  for (const line of leftOut) console.log(`- ${line}`);
  if (ci) console.log('In CI nothing may be left out: this counts as failed.');
}
const failed = checked.failed + sum(rows, 'failed') + notRun;
console.log(`\n${checked.passed + sum(rows, 'passed')} passed, ${failed} failed`);
process.exit(failed === 0 ? 0 : 1);
