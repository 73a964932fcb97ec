import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import { type ChildApp, startFile } from './child-app.js';
import { type Sink, startSink } from './sink.js';

/** Where the libraries, the Nodes and the applications of the matrix are; not part of the workspace, so that nobody installs them to use Bellwether. */
export const matrixFolder = join(dirname(fileURLToPath(import.meta.url)), '../../matrix');

const full = process.env['BELLWETHER_FULL'] === '1';

export type Form = 'esm' | 'cjs' | 'esbuild' | 'webpack' | 'tsx';

/** One way in which an application that uses a library runs; `name` is for the title of its test. */
export interface MatrixCase {
  readonly library: string;
  /** `current`: the newest majors that run on Node 20; `previous`: the majors before. */
  readonly set: 'current' | 'previous';
  readonly nodeMajor: 20 | 22 | 24 | 26;
  readonly form: Form;
  readonly name: string;
}

export interface MatrixOptions {
  /** False where there is no major before, or it does not run on Node 20. */
  readonly previous?: boolean;
  /** Forms in which the library itself cannot run are left out. */
  readonly forms?: readonly Form[];
  /** The Nodes it runs on; all of them unless told. */
  readonly nodes?: readonly MatrixCase['nodeMajor'][];
}

/** What the test of one case has. */
export interface MatrixRun {
  /** The library's version in this case. */
  readonly version: string;
  readonly sink: Sink;
  /**
   * Starts `matrix/apps/<app>.mjs` with the SDK, in this case's form and Node; it is stopped after the test. The application is an ES module without top-level
   * `await`, called as the library unless told otherwise (`@a/b` is `a-b`). Not `byFlag`, it starts the SDK itself.
   */
  start(environment?: Record<string, string>, app?: string, how?: { readonly byFlag?: boolean }): Promise<ChildApp>;
}

/**
 * The cases of `library`, for `test.each`: in `npm test` the current major as ES module and CommonJS under the Node that runs the tests; in the long form also the
 * major before, bundles, `tsx`, and Node 22, 24 and 26.
 */
export function matrixCases(
  library: string,
  { previous = true, forms = allForms, nodes = allNodes }: MatrixOptions = {},
): MatrixCase[] {
  const own = ownNode();
  // Webpack takes most of the long form's time: `BELLWETHER_MATRIX_WITHOUT=webpack` leaves it out.
  const wanted = forms.filter(form => form !== process.env['BELLWETHER_MATRIX_WITHOUT']);
  const plain = wanted.filter(form => form === 'esm' || form === 'cjs');
  const of = (set: MatrixCase['set'], nodeMajor: MatrixCase['nodeMajor'], of: readonly Form[]): MatrixCase[] =>
    of.map(form => ({ library, set, nodeMajor, form, name: `${library}, ${set}, ${form}, Node ${nodeMajor}` }));
  if (!full) return nodes.includes(own) ? of('current', own, plain) : [];
  // Own Node first, where the library runs on it.
  const [main = own, ...others] = nodes.toSorted((a, b) => Number(b === own) - Number(a === own));
  return [
    ...of('current', main, wanted),
    ...(previous ? of('previous', main, plain) : []),
    ...others.flatMap(nodeMajor => of('current', nodeMajor, plain)),
  ];
}

/** To be called first in the test of a case. With `BELLWETHER_MATRIX_RECORD=1` a test that passed is written to `matrix/results/<library>.json`. */
export async function openCase(one: MatrixCase): Promise<MatrixRun> {
  const sink = await startSink();
  const apps: ChildApp[] = [];
  const version = versionOf(one);
  recordPassed(one);
  onTestFinished(async () => {
    for (const started of apps) await started.stop('SIGKILL');
    await sink.close();
  });
  return {
    version,
    sink,
    async start(environment = {}, app = fileNameOf(one.library), { byFlag = true } = {}) {
      const { file, flags } = await build(app, one);
      const started = await startFile(file, {
        name: app,
        environment: { BELLWETHER_URL: sink.url, ...environment },
        instrumented: byFlag,
        flags,
        node: nodeOf(one.nodeMajor),
      });
      apps.push(started);
      return started;
    },
  };
}

const allNodes = [20, 22, 24, 26] as const;
const allForms: readonly Form[] = ['esm', 'cjs', 'esbuild', 'webpack', 'tsx'];

function ownNode(): MatrixCase['nodeMajor'] {
  const major = Number(process.versions.node.split('.')[0]);
  return major === 22 || major === 24 || major === 26 ? major : 20;
}

const fileNameOf = (library: string): string => library.replace(/[/:]/, '-').replace('@', '');

function nodeOf(major: MatrixCase['nodeMajor']): string {
  return major === ownNode() ? process.execPath : join(matrixFolder, `nodes/node_modules/node-${major}/bin/node`);
}

function versionOf({ set, library, nodeMajor }: MatrixCase): string {
  if (library.startsWith('node:')) return `Node ${nodeMajor}`;
  const text = readFileSync(join(matrixFolder, set, 'node_modules', library, 'package.json'), 'utf8');
  // A package.json names its version.
  return (JSON.parse(text) as { version: string }).version;
}

/** The part of esbuild and webpack that we use; they are installed with the libraries, not with the workspace. */
interface Esbuild {
  build(options: Readonly<Record<string, unknown>>): Promise<unknown>;
}
interface Webpack {
  (
    options: Readonly<Record<string, unknown>>,
    done: (error: unknown, stats: { hasErrors(): boolean; toString(): string }) => void,
  ): void;
}

/** Puts the application, in the form asked for, where it finds the libraries of its set. */
async function build(app: string, { set, form }: MatrixCase): Promise<{ file: string; flags: readonly string[] }> {
  const source = join(matrixFolder, 'apps', `${app}.mjs`);
  const folder = join(matrixFolder, set, '.apps', `${app}-${form}-${process.pid}`);
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(folder, { recursive: true });
  const load = createRequire(join(matrixFolder, 'current/package.json'));
  switch (form) {
    case 'esm': {
      const file = join(folder, 'app.mjs');
      copyFileSync(source, file);
      return { file, flags: [] };
    }
    case 'tsx': {
      const file = join(folder, 'app.mts');
      copyFileSync(source, file);
      return { file, flags: ['--import', load.resolve('tsx')] };
    }
    case 'cjs':
    case 'esbuild': {
      // The package names the type; it is what `require` of it gives.
      const esbuild = load('esbuild') as Esbuild;
      const entry = join(folder, 'entry.mjs');
      copyFileSync(source, entry);
      const file = join(folder, 'app.cjs');
      await esbuild.build({
        entryPoints: [entry],
        outfile: file,
        bundle: true,
        packages: form === 'cjs' ? 'external' : 'bundle',
        external: ['@bellwether/node', 'pg-native', '*.node', ...neverBundled],
        plugins: form === 'esbuild' ? [await plugin('esbuild')] : [],
        platform: 'node',
        format: 'cjs',
        target: 'node20',
        logLevel: 'error',
      });
      return { file, flags: [] };
    }
    case 'webpack': {
      const webpack = load('webpack') as Webpack;
      const bellwether = await plugin('webpack');
      const entry = join(folder, 'entry.mjs');
      copyFileSync(source, entry);
      await new Promise<void>((resolve, reject) => {
        webpack(
          {
            entry,
            mode: 'production',
            target: 'node20',
            output: { path: folder, filename: 'app.cjs' },
            externals: Object.fromEntries(
              ['@bellwether/node', 'pg-native', ...neverBundled].map(name => [name, `commonjs ${name}`]),
            ),
            plugins: [bellwether],
          },
          (error, stats) => {
            if (error !== null && error !== undefined)
              reject(error instanceof Error ? error : new Error('webpack failed'));
            else if (stats.hasErrors()) reject(new Error(stats.toString()));
            else resolve();
          },
        );
      });
      return { file: join(folder, 'app.cjs'), flags: [] };
    }
  }
}

/** Libraries that others ask for only when they are there. */
const neverBundled: readonly string[] = [
  '@nestjs/microservices',
  '@nestjs/websockets',
  '@nestjs/websockets/socket-module.js',
  '@nestjs/microservices/microservices-module.js',
  '@nestjs/websockets/socket-module',
  '@nestjs/microservices/microservices-module',
  '@fastify/multipart',
  '@fastify/static',
  '@fastify/view',
  'class-transformer',
  'class-validator',
  'bufferutil',
  'utf-8-validate',
];

/** Our plugin for a bundler, as it is published. */
async function plugin(bundler: 'esbuild' | 'webpack'): Promise<unknown> {
  const file = pathToFileURL(join(matrixFolder, `../dist/bundle/${bundler}.js`)).href;
  // The package's own entry, built by the set-up of these tests.
  const { bellwether } = (await import(/* @vite-ignore */ file)) as { bellwether: () => unknown };
  return bellwether();
}

/** Long titles are cut short, so the case is part of what tells rows apart. */
function keyOf(row: object): string {
  return JSON.stringify(row, ['title', 'set', 'form', 'nodeMajor']);
}

/** Has the running test recorded for the table in the guide when it passes. */
export function recordPassed(one: MatrixCase): void {
  onTestFinished(({ task }) => {
    const hasFailed = task.result?.errors !== undefined && task.result.errors.length > 0;
    if (!hasFailed) record(one, versionOf(one), task.name);
  });
}

function record({ library, set, form, nodeMajor }: MatrixCase, version: string, title: string): void {
  if (process.env['BELLWETHER_MATRIX_RECORD'] !== '1') return;
  const folder = join(matrixFolder, 'results');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${fileNameOf(library)}.json`);
  // We wrote it.
  const before = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { title: string }[]) : [];
  const own = { title, set, form, nodeMajor, version };
  const rows = [...before.filter(row => keyOf(row) !== keyOf(own)), own];
  rows.sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  writeFileSync(file, `${JSON.stringify(rows, undefined, 2)}\n`);
}
