import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { applicationPackage } from './application-package.js';
import { installedLibrary, libraryFile, libraryOf } from './library-file.js';
import { WantedModules } from './wanted-modules.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-library-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Writes a package.json, and returns its folder. */
function install(name: string, manifest: object): string {
  const root = join(folder, 'node_modules', name);
  mkdirSync(root, { recursive: true });
  writeFileSync(join(root, 'package.json'), JSON.stringify({ name, version: '1.0.0', ...manifest }));
  return root;
}

/** `root` is `…/node_modules/<name>`. */
const installedForms = (root: string): string | undefined => installedLibrary(basename(root), folder)?.forms;

test.each([
  ['pg', 'pg'],
  ['pg/lib/client.js', 'pg'],
  ['@nestjs/core/router', '@nestjs/core'],
  ['/app/node_modules/.pnpm/pg@8.0.0/node_modules/pg/lib/index.js', 'pg'],
  ['C:\\app\\node_modules\\@scope\\lib\\index.js', '@scope/lib'],
])('%s is of %s', (request, library) => {
  expect(libraryOf(request)).toBe(library);
});

test('a file is known by its library, version and place, and whether the library is imported through it', () => {
  const root = install('two', {
    exports: {
      '.': { import: { types: './a.d.ts', default: './dist/a.mjs' }, require: './dist/a.cjs' },
      './b': './dist/b.js',
    },
  });
  const about = { library: 'two', version: '1.0.0' };
  expect(libraryFile(join(root, 'dist/a.mjs'))).toEqual({ ...about, path: 'dist/a.mjs', isEntry: true });
  expect(libraryFile(join(root, 'dist/b.js'))).toEqual({ ...about, path: 'dist/b.js', isEntry: false });
  expect(libraryFile('/app/src/main.js')).toBeUndefined();
});

test('an entry may leave out its ending, or be left out altogether', () => {
  expect(libraryFile(join(install('short', { main: './lib/short' }), 'lib/short.js'))?.isEntry).toBe(true);
  expect(libraryFile(join(install('folder', { main: 'lib' }), 'lib/index.js'))?.isEntry).toBe(true);
  expect(libraryFile(join(install('bare', {}), 'index.js'))?.isEntry).toBe(true);
});

test.each([
  ['cjs', {}],
  ['cjs', { main: 'index.js' }],
  ['esm', { type: 'module', exports: './index.js' }],
  ['esm', { main: 'index.mjs' }],
  ['both', { type: 'module', exports: { import: './index.js', require: './index.cjs' } }],
  ['both', { main: 'index.js', module: 'index.esm.js' }],
])('a library comes as %s: %j', (forms, manifest) => {
  expect(installedForms(install(`form-${JSON.stringify(manifest).replaceAll(/\W/g, '')}`, manifest))).toBe(forms);
});

test('a package.json of any form is read', () => {
  let deep: unknown = './a.js';
  for (let at = 0; at < 3000; at++) deep = [deep];
  for (const [at, manifest] of [{ exports: deep }, { exports: 7, main: [] }, { version: {}, type: null }].entries())
    expect(installedForms(install(`odd-${at}`, manifest))).toBe('cjs');
});

test('wanted are entries of libraries, and single files with any ending', () => {
  const root = install('graph', { main: 'index', type: 'commonjs' });
  const wanted = new WantedModules(['graph/execution/execute']);
  expect(wanted.of(join(root, 'execution/execute.mjs'))?.path).toBe('execution/execute.mjs');
  expect(wanted.of(join(root, 'index.js'))).toBeUndefined();
  expect(new WantedModules(['graph']).of(join(root, 'index.mjs'))?.isEntry).toBe(true);
});

test('the application is the nearest package.json with a name, its type the nearest at all', () => {
  const application = join(folder, 'shop');
  mkdirSync(join(application, 'dist'), { recursive: true });
  writeFileSync(join(application, 'package.json'), JSON.stringify({ name: 'shop', dependencies: { hono: '4' } }));
  expect(applicationPackage(join(application, 'dist/main.js'))).toEqual({
    folder: application,
    dependencies: new Set(['hono']),
    isCommonJs: true,
  });
  writeFileSync(join(application, 'dist/package.json'), '{"type":"module"}');
  expect(applicationPackage(join(application, 'dist/main.js'))?.isCommonJs).toBe(false);
  expect(applicationPackage(join(application, 'dist/main.cjs'))?.isCommonJs).toBe(true);
});
