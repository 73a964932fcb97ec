import { fs } from '../core/node-modules.js';
import { dirname, join, posix, sep } from 'node:path';

/** A file of an installed library. */
export interface LibraryFile {
  /** `pg`, `@nestjs/core` */
  readonly library: string;
  /** In its package.json. */
  readonly version: string | undefined;
  /** Within the library, with slashes: `lib/index.js`. */
  readonly path: string;
  /** Whether it is what importing the library by its name gives. */
  readonly isEntry: boolean;
}

/** What is read of a library's package.json. */
interface Manifest {
  readonly version: string | undefined;
  /** The files that its own name stands for, under any condition. */
  readonly entries: ReadonlySet<string>;
  readonly forms: ModuleForms;
}

/** As what a library can be loaded: most are CommonJS, some are ES modules only, some bring both. */
export type ModuleForms = 'cjs' | 'esm' | 'both' | 'none';

const manifests = new Map<string, Manifest>();
const maxManifests = 2000;

/** The library that a bare specifier (`@scope/a/b` is `@scope/a`) or a file in some `node_modules` belongs to. */
export function libraryOf(request: string): string {
  const folder = /[\\/]node_modules[\\/](?!.*[\\/]node_modules[\\/])/.exec(request);
  const inside = folder === null ? request : request.slice(folder.index + folder[0].length);
  const [first = '', second = ''] = inside.split(/[\\/]/);
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** Undefined for a file that is in no `node_modules`. */
export function libraryFile(file: string): LibraryFile | undefined {
  const marker = `${sep}node_modules${sep}`;
  const at = file.lastIndexOf(marker);
  if (at < 0) return undefined;
  const library = libraryOf(file);
  const root = file.slice(0, at + marker.length) + library.replace('/', sep);
  if (file.length <= root.length + 1) return undefined;
  const path = file.slice(root.length + 1).replaceAll(sep, '/');
  const { version, entries } = manifestOf(root);
  return { library, version, path, isEntry: entries.has(path) };
}

/** A library as it lies in some `node_modules`. */
export interface InstalledLibrary {
  readonly version: string | undefined;
  readonly forms: ModuleForms;
}

/** The library that code in `folder` would load, as Node looks for it: in the `node_modules` of the folder and those above. */
export function installedLibrary(library: string, folder: string): InstalledLibrary | undefined {
  for (let at = folder; ; at = dirname(at)) {
    const { version, forms } = manifestOf(join(at, 'node_modules', library));
    if (forms !== 'none') return { version, forms };
    if (dirname(at) === at) return undefined;
  }
}

/** A path without its ending, under which instrumentations name a file: libraries have the same one as `.js`, `.mjs` and `.cjs`. */
export function withoutEnding(path: string): string {
  return path.replace(/\.[cm]?js$/, '');
}

function manifestOf(root: string): Manifest {
  const known = manifests.get(root);
  if (known !== undefined) return known;
  const manifest = readManifest(root);
  if (manifests.size < maxManifests) manifests.set(root, manifest);
  return manifest;
}

function readManifest(root: string): Manifest {
  let parsed: unknown;
  try {
    parsed = JSON.parse(fs.readFileSync(join(root, 'package.json'), 'utf8'));
  } catch {
    return { version: undefined, entries: new Set(), forms: 'none' };
  }
  const field = (name: string): unknown =>
    typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, name) : undefined;
  const entries = new Set<string>();
  const exported = field('exports');
  const isMap = typeof exported === 'object' && exported !== null && !Array.isArray(exported);
  const own: unknown = isMap && '.' in exported ? exported['.'] : exported;
  targets(own, entries, 0);
  const main = field('main');
  if (typeof main === 'string') addEntry(entries, main);
  else if (exported === undefined) entries.add('index.js');
  const module = field('module');
  if (typeof module === 'string') addEntry(entries, module);
  const version = field('version');
  const ofJs = field('type') === 'module' ? 'esm' : 'cjs';
  const found = new Set(
    [...entries].map(entry => (entry.endsWith('.mjs') ? 'esm' : entry.endsWith('.cjs') ? 'cjs' : ofJs)),
  );
  // What `import` alone leads to may be an ES module whatever its name is.
  if (typeof module === 'string' || hasCondition(own, 'import', 0)) found.add('esm');
  if (hasCondition(own, 'require', 0)) found.add('cjs');
  const forms = found.size === 2 ? 'both' : found.has('esm') ? 'esm' : 'cjs';
  return { version: typeof version === 'string' ? version : undefined, entries, forms };
}

/** All files that an `exports` target leads to: conditions are an object, alternatives a list. */
function targets(target: unknown, into: Set<string>, depth: number): void {
  if (depth > 8 || into.size > 50) return;
  if (typeof target === 'string') addEntry(into, target);
  else if (typeof target === 'object' && target !== null)
    for (const value of Object.values(target)) targets(value, into, depth + 1);
}

function hasCondition(target: unknown, condition: string, depth: number): boolean {
  if (depth > 8 || typeof target !== 'object' || target === null) return false;
  return condition in target || Object.values(target).some(value => hasCondition(value, condition, depth + 1));
}

/** A `main` may leave out its ending, or name a folder. */
function addEntry(into: Set<string>, target: string): void {
  const path = posix.normalize(target);
  into.add(path);
  if (/\.[cm]?js$/.test(path)) return;
  for (const ending of ['.js', '.mjs', '.cjs', '/index.js']) into.add(posix.join(path, '.') + ending);
}
