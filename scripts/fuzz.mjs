// `npm run fuzz [-- --minutes 10]`: runs every test that feeds generated input to a parser, again and again with new seeds, until the time is over
// or one fails; the failure names the seed. `npm test` runs each once.
import { readFileSync, readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { ensureInstalled } from './installed.mjs';
import { root, run } from './run.mjs';

const at = process.argv.indexOf('--minutes');
const minutes = at === -1 ? 10 : Number(process.argv[at + 1]);
if (!(minutes > 0)) {
  console.error('--minutes needs a number above 0: npm run fuzz -- --minutes 10');
  process.exit(2);
}

/** Test files below `folder` that use fast-check and need no process of their own. */
function generated(folder) {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.test.ts') && !/\.(integration|suites|browser)\.test\.ts$/.test(name))
    .map(name => join(folder, name))
    .filter(path => readFileSync(path, 'utf8').includes("'fast-check'"))
    .map(path => relative(root, path));
}

await ensureInstalled();
const files = ['packages/server/src', 'packages/model/src', 'packages/sdk/src']
  .map(folder => join(root, folder))
  .flatMap(generated);
const vitest = join(root, 'node_modules', '.bin', 'vitest');
const end = Date.now() + minutes * 60_000;
let rounds = 0;
while (rounds === 0 || Date.now() < end) {
  try {
    await run(vitest, ['run', '--project', 'unit', ...files], { quiet: true });
  } catch (error) {
    console.log(error.output ?? error.message);
    console.log(`round ${rounds + 1} failed; the text above names the seed`);
    process.exit(1);
  }
  rounds += 1;
}
console.log(`${rounds} rounds over ${files.length} files, nothing found`);
