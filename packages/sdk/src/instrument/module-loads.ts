import { readFileSync } from 'node:fs';
import Module from 'node:module';
import { sep } from 'node:path';

type Patch = (exports: unknown, version: string | undefined) => void;

interface Loader {
  _load(this: void, request: string, parent: unknown, isMain: boolean): unknown;
  _resolveFilename(this: void, request: string, parent: unknown): string;
}

/**
 * Tells of CommonJS modules of a package as they are loaded.
 *
 * `Module._load` sees `require('pg')` and also `import pg from 'pg'`: Node loads CommonJS for ESM through it, by absolute file name.
 * Every file of the package is told of, so a patch looks at what it is given, and it may see the same exports only once.
 */
export class ModuleLoads {
  readonly #patches = new Map<string, { readonly patch: Patch; readonly seen: WeakSet<object> }[]>();
  #restore: (() => void) | undefined;

  on(name: string, patch: Patch): () => void {
    this.#install();
    const entry = { patch, seen: new WeakSet<object>() };
    const entries = this.#patches.get(name) ?? [];
    entries.push(entry);
    this.#patches.set(name, entries);
    return () => {
      this.#patches.set(
        name,
        entries.filter(other => other !== entry),
      );
    };
  }

  /** Takes the hook out, unless somebody has hooked in after us: then it stays and does nothing. */
  stop(): void {
    this.#patches.clear();
    this.#restore?.();
    this.#restore = undefined;
  }

  #install(): void {
    if (this.#restore !== undefined) return;
    // `_load` is not in the types, but it has been where loaders hook in since Node 0.x and is kept for them.
    const loader = Module as unknown as Loader;
    const original = loader._load;
    const resolve = loader._resolveFilename;
    const tell = (request: string, parent: unknown, exports: unknown): void =>
      this.#loaded(request, exports, () => resolve(request, parent));
    const load: Loader['_load'] = function (this: void, request, parent, isMain) {
      const exports = original(request, parent, isMain);
      tell(request, parent, exports);
      return exports;
    };
    loader._load = load;
    this.#restore = () => {
      if (loader._load === load) loader._load = original;
    };
  }

  #loaded(request: string, exports: unknown, file: () => string): void {
    if (typeof request !== 'string' || request.startsWith('.') || request.startsWith('node:')) return;
    if ((typeof exports !== 'object' && typeof exports !== 'function') || exports === null) return;
    const name = packageOf(request);
    for (const { patch, seen } of this.#patches.get(name) ?? []) {
      if (seen.has(exports)) continue;
      seen.add(exports);
      patch(exports, versionOf(file, name));
    }
  }
}

/** The package of a bare specifier (`@scope/a/b` is `@scope/a`) or of a file in some `node_modules`. */
function packageOf(request: string): string {
  const folder = /[\\/]node_modules[\\/](?!.*[\\/]node_modules[\\/])/.exec(request);
  const inside = folder === null ? request : request.slice(folder.index + folder[0].length);
  const [first = '', second = ''] = inside.split(/[\\/]/);
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/** The version in the package.json of the package that the file belongs to. */
function versionOf(file: () => string, name: string): string | undefined {
  try {
    const path = file();
    const marker = `node_modules${sep}${name.replace('/', sep)}${sep}`;
    const at = path.lastIndexOf(marker);
    if (at < 0) return undefined;
    const parsed: unknown = JSON.parse(readFileSync(`${path.slice(0, at + marker.length)}package.json`, 'utf8'));
    return typeof parsed === 'object' && parsed !== null && 'version' in parsed && typeof parsed.version === 'string'
      ? parsed.version
      : undefined;
  } catch {
    return undefined;
  }
}
