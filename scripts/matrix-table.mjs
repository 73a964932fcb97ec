// Writes the table of what the SDK is seen to work with into the guide, from what the tests of packages/sdk/matrix recorded
// (BELLWETHER_FULL=1 BELLWETHER_MATRIX_RECORD=1 npx vitest run --project matrix).
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { root } from './run.mjs';

export const guide = join(root, 'docs/guide/instrument.md');
const results = join(root, 'packages/sdk/matrix/results');
const [begin, end] = ['<!-- matrix: scripts/matrix-table.mjs -->', '<!-- /matrix -->'];

const forms = [
  ['esm', 'ES module'],
  ['cjs', 'CommonJS'],
  ['esbuild', 'esbuild'],
  ['webpack', 'webpack'],
  ['tsx', 'tsx'],
];
const nodes = [20, 22, 24, 26];

/** Recorded rows by file: `{ title, set, form, nodeMajor, version }` of each test that passed. */
function recorded() {
  if (!existsSync(results)) return [];
  const files = readdirSync(results).filter(name => name.endsWith('.json'));
  return files.sort().map(name => [name.replace(/\.json$/, ''), JSON.parse(readFileSync(join(results, name), 'utf8'))]);
}

const mark = passed => (passed ? '✓' : '–');

/** One row per library: the versions, and which forms and Nodes its tests passed in. */
export function matrixTable(libraries = recorded()) {
  const heads = ['library', 'versions', ...forms.map(([, head]) => head), ...nodes.map(node => `Node ${node}`)];
  const lines = [`| ${heads.join(' | ')} |`, `|${'---|'.repeat(heads.length)}`];
  for (const [library, rows] of libraries) {
    const versions = [...new Set(rows.map(row => row.version))].sort((a, b) => (a < b ? -1 : 1));
    const cells = [
      ...forms.map(([form]) => mark(rows.some(row => row.form === form))),
      ...nodes.map(node => mark(rows.some(row => row.nodeMajor === node))),
    ];
    lines.push(`| ${[library, versions.join(', '), ...cells].join(' | ')} |`);
  }
  return lines.join('\n');
}

/** The guide with `table` in its place. */
export function withTable(text, table = matrixTable()) {
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${guide} needs the lines ${begin} and ${end}`);
  return `${text.slice(0, from + begin.length)}\n\n${table}\n\n${text.slice(to)}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(guide, withTable(readFileSync(guide, 'utf8')));
