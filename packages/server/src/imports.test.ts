import { readFileSync, readdirSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

/**
 * Who may import whom. A row is a stage (a folder of `src`), its value the stages it may import from.
 * `.` is the assembly (`receiver.ts`, `server.ts`): it may import everything, and only the CLI imports it.
 * A new arrow is added here in a commit of its own that says why.
 */
const allowed: Readonly<Record<string, readonly string[]>> = {
  base: [],
  config: ['base'],
  decode: ['base'],
  wal: ['base', 'decode'],
  enrich: ['base', 'decode'],
  sample: ['base', 'decode', 'enrich'],
  write: ['base', 'decode', 'enrich', 'store'],
  handover: ['base', 'decode'],
  receive: ['base', 'decode', 'wal', 'write', 'sample', 'handover', 'config'],
  scrape: ['base', 'config', 'decode', 'receive'],
  store: ['base', 'config', 'handover'],
  // What people decide.
  control: ['base'],
  // Maps are kept where decisions are.
  'source-maps': ['base', 'control'],
  // Errors are shown with what people say of them, and as they were written; errors that are alike are told by what makes others the same.
  query: ['base', 'control', 'enrich', 'source-maps', 'store', 'handover'],
  // What checks find is kept, and leaves metrics and traces as rows of blocks.
  uptime: ['base', 'control', 'decode', 'handover', 'write'],
  promql: ['base', 'handover', 'query', 'store'],
  // Reads completed traces from the store, and writes what it finds there.
  findings: ['base', 'control', 'enrich', 'handover', 'query', 'store'],
  dashboards: ['base'],
  api: [
    'base',
    'config',
    'control',
    'dashboards',
    'findings',
    'handover',
    'promql',
    'query',
    'source-maps',
    'store',
    'uptime',
  ],
  // `check` names the dashboards that can not be shown.
  cli: ['base', 'config', 'dashboards', 'handover', 'store', '.'],
};

const source = dirname(fileURLToPath(import.meta.url));
const packages = dirname(dirname(source));

function files(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name) && !/\.test\.tsx?$/.test(name) && !name.includes('test-support'))
    .map(name => join(folder, name));
}

/** Module names of import and export-from statements and dynamic imports. */
function imports(file: string): readonly string[] {
  const text = readFileSync(file, 'utf8');
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(\s*|\bimport\s+)'([^']+)'/g)].flatMap(match => match[1] ?? []);
}

const stage = (file: string): string => {
  const [first = '.', ...rest] = relative(source, file).split(/[\\/]/);
  return rest.length === 0 ? '.' : first;
};

test('every stage of the server imports only the stages that the table allows', () => {
  const broken: string[] = [];
  for (const file of files(source)) {
    const from = stage(file);
    if (from === '.') continue;
    for (const name of imports(file).filter(name => name.startsWith('.'))) {
      const to = stage(resolve(dirname(file), name));
      if (to !== from && !(allowed[from] ?? []).includes(to))
        broken.push(`${relative(source, file)} imports ${to} (${name})`);
    }
  }
  expect(broken).toEqual([]);
});

test('every stage stands in the table', () => {
  const folders = readdirSync(source, { withFileTypes: true }).filter(entry => entry.isDirectory());
  expect(folders.map(folder => folder.name).filter(name => !(name in allowed))).toEqual([]);
});

test.each([
  ['model', []],
  ['dashboards', []],
  ['sdk', []],
  ['ui', ['@bellwether/model', '@bellwether/dashboards', '@bellwether/promql']],
  ['promql', []],
  ['server', ['@bellwether/model', '@bellwether/dashboards', '@bellwether/promql']],
])('the package %s imports of our own packages only %j', (name, may) => {
  const own = files(join(packages, name, 'src')).flatMap(imports);
  const others = own.filter(module => /^(@bellwether\/|bellwether$|bellwether\/)/.test(module));
  expect([...new Set(others)].filter(module => !may.includes(module))).toEqual([]);
});
