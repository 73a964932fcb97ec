// `npm run acceptance`: every acceptance row with the tests that carry its id in their title and their last result (from `npm test`).
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './run.mjs';

const results = join(root, 'test-results');
const list = join(root, '..', 'shared', 'ACCEPTANCE.md');

/** Row id -> its tests, from the last run's reports. */
const tests = new Map();
for (const name of existsSync(results) ? readdirSync(results) : []) {
  if (!name.endsWith('.json')) continue;
  for (const file of JSON.parse(readFileSync(join(results, name), 'utf8')).testResults) {
    for (const test of file.assertionResults) {
      for (const [, id] of test.fullName.matchAll(/\[([A-Z]\d{1,2})\]/g)) {
        const title = test.fullName.replaceAll(/\[[A-Z]\d{1,2}\]\s*/g, '').trim();
        if (!tests.has(id)) tests.set(id, []);
        tests.get(id).push({ result: test.status, title });
      }
    }
  }
}
if (tests.size === 0) console.log('No results yet: run `npm test` first.\n');

const rows = new Map();
if (existsSync(list)) {
  for (const [, id, title] of readFileSync(list, 'utf8').matchAll(/^\| ([A-Z]\d{1,2}) \| ([^|]+)\|/gm)) {
    if (!rows.has(id)) rows.set(id, title.trim().slice(0, 90));
  }
} else {
  console.log('The list of rows (shared/ACCEPTANCE.md) is not beside this project: only rows with tests are shown.\n');
}
for (const id of tests.keys()) if (!rows.has(id)) rows.set(id, '');

let shown = 0;
for (const [id, title] of rows) {
  const own = tests.get(id) ?? [];
  if (own.length > 0 && own.every(test => test.result === 'passed')) shown++;
  console.log(`${id.padEnd(4)} ${own.length === 0 ? 'no test yet' : `${own.length} tests`}  ${title}`);
  for (const test of own)
    console.log(`       ${test.result === 'passed' ? 'passed' : test.result.toUpperCase()}  ${test.title}`);
}
console.log(
  `\n${shown} of ${rows.size} rows have tests that all pass (a test shows a part of its row; the row's text says what the whole is).`,
);
