// `npm run check`: types, lint, format, unused code, the import table and the unit tests. Prints what failed, then one line per step.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { build } from './build.mjs';
import { ensureInstalled } from './installed.mjs';
import { root, run } from './run.mjs';

const bin = name => join(root, 'node_modules', '.bin', name);

const steps = [
  ['types and build', () => build({ all: true })],
  ['lint', () => run(bin('oxlint'), ['--deny-warnings'], { quiet: true })],
  ['format', () => run(bin('oxfmt'), ['--check'], { quiet: true })],
  ['unused code', () => run(bin('knip'), [], { quiet: true })],
];

/** Runs the steps in order; returns how many passed and failed. Types first: nothing else is worth reading while they fail. */
export async function staticChecks() {
  let failed = 0;
  for (const [name, step] of steps) {
    const start = performance.now();
    try {
      await step();
      console.log(`ok      ${name} (${((performance.now() - start) / 1000).toFixed(1)} s)`);
    } catch (error) {
      failed++;
      console.log(error.output ?? '');
      console.log(`FAILED  ${name}: ${error.message}`);
    }
  }
  return { passed: steps.length - failed, failed };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  await ensureInstalled();
  const { failed } = await staticChecks();
  try {
    await run(bin('vitest'), ['run', '--project', 'unit', '--reporter=dot', '--maxWorkers=100%'], {});
  } catch {
    process.exit(1);
  }
  process.exit(failed === 0 ? 0 : 1);
}
