import Module from 'node:module';
import { basename } from 'node:path';
import { type HandedModule, handOverName } from '../load/hand-over.js';
import { type LibraryFile, libraryFile, libraryOf, withoutEnding } from '../load/library-file.js';

/** What is told of a module; `path` is where it lies in its library, `by` how it was reached. */
export interface LoadedModule {
  readonly exports: unknown;
  readonly version: string | undefined;
  readonly path: string | undefined;
  readonly by: 'require' | 'hook' | 'bundle' | 'late';
}

type Patch = (loaded: LoadedModule) => void;

interface Entry {
  readonly library: string;
  /** Of one file, without its ending; undefined for what the library's name stands for. */
  readonly path: string | undefined;
  readonly patch: Patch;
  readonly seen: WeakSet<object>;
}

interface Loader {
  _load(this: void, request: string, parent: unknown, isMain: boolean): unknown;
  _resolveFilename(this: void, request: string, parent: unknown): string;
  readonly _cache?: Readonly<Record<string, { readonly exports: unknown } | undefined>>;
}

/**
 * Tells of modules of a library as they are loaded, however they are.
 *
 * CommonJS comes by `Module._load`: it sees `require('pg')` and also `import pg from 'pg'`, which Node loads by absolute file name. ES modules, and all that is
 * bundled, hand themselves over by a line that `hand-over.ts` has put at their end. What CommonJS had loaded before us is told of at once.
 */
export class ModuleLoads {
  readonly #entries = new Map<string, Entry[]>();
  /** File names that a relative `require` inside a library may ask for, when a single file is wanted. */
  readonly #fileNames = new Set<string>();
  #restore: (() => void) | undefined;

  /** The libraries, and files of libraries (`graphql/execution/execute`), that are wanted. */
  get wanted(): readonly string[] {
    return [...this.#entries.values()].flatMap(entries =>
      entries.map(({ library, path }) => (path === undefined ? library : `${library}/${path}`)),
    );
  }

  /** `name` is a library, or one file of it without its ending: `graphql/execution/execute`. */
  on(name: string, patch: Patch): () => void {
    this.#install();
    const library = libraryOf(name);
    const path = name === library ? undefined : withoutEnding(name.slice(library.length + 1));
    const entry: Entry = { library, path, patch, seen: new WeakSet() };
    if (path !== undefined) this.#fileNames.add(basename(path));
    this.#entries.set(library, [...(this.#entries.get(library) ?? []), entry]);
    this.#tellOfLoaded(entry);
    return () => {
      const others = (this.#entries.get(library) ?? []).filter(other => other !== entry);
      if (others.length === 0) this.#entries.delete(library);
      else this.#entries.set(library, others);
    };
  }

  /** One of Node's own modules was loaded. */
  builtin(name: string, exports: unknown): void {
    for (const entry of this.#entries.get(name) ?? [])
      this.#tell(entry, { exports, version: process.versions.node, path: undefined, by: 'require' });
  }

  /** Takes the hook out, unless somebody has hooked in after us: then it stays and does nothing. */
  stop(): void {
    this.#entries.clear();
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
      this.#required(request, exports, () => resolve(request, parent));
    const load: Loader['_load'] = function (this: void, request, parent, isMain) {
      const exports = original(request, parent, isMain);
      tell(request, parent, exports);
      return exports;
    };
    loader._load = load;
    const stopReceiving = this.#receive();
    this.#restore = () => {
      if (loader._load === load) loader._load = original;
      stopReceiving();
    };
  }

  /** Takes the place of the list that handed modules are pushed onto, and what is in it. */
  #receive(): () => void {
    const key = Symbol.for(handOverName);
    const before: unknown = Reflect.get(globalThis, key);
    // The list is of our own making: the line that `hand-over.ts` writes pushes this and nothing else.
    const handed = (Array.isArray(before) ? before : []) as HandedModule[];
    const keep = (module: HandedModule): void => {
      if (handed.length < maxHanded) handed.push(module);
      this.#handed(module);
    };
    Reflect.set(globalThis, key, { push: keep });
    this.#alreadyHanded = handed;
    return () => void Reflect.set(globalThis, key, handed);
  }

  #alreadyHanded: readonly HandedModule[] = [];

  #handed(module: HandedModule): void {
    const { exports, form } = module;
    // So that nothing but an assignment, which replaces the binding, can change it.
    if (form === 'esm' && typeof exports === 'object' && exports !== null) Object.seal(exports);
    for (const entry of this.#entries.get(module.library) ?? []) this.#tellHanded(entry, module);
  }

  #tellHanded(entry: Entry, { version, path, isEntry, exports, by }: HandedModule): void {
    const isWanted = entry.path === undefined ? isEntry : entry.path === withoutEnding(path);
    if (isWanted) this.#tell(entry, { version, path, exports, by });
  }

  #tellOfLoaded(entry: Entry): void {
    for (const module of this.#alreadyHanded) if (module.library === entry.library) this.#tellHanded(entry, module);
    // As above: where CommonJS keeps what it has loaded, by file name.
    const cache = (Module as unknown as Loader)._cache ?? {};
    const part = `node_modules/${entry.library}/`;
    for (const name of Object.keys(cache)) {
      if (!name.replaceAll('\\', '/').includes(part)) continue;
      const file = libraryFile(name);
      if (file?.library !== entry.library) continue;
      const isWanted = entry.path === undefined ? file.isEntry : entry.path === withoutEnding(file.path);
      if (!isWanted) continue;
      this.#tell(entry, { exports: cache[name]?.exports, version: file.version, path: file.path, by: 'late' });
    }
  }

  #required(request: string, exports: unknown, resolve: () => string): void {
    if (typeof request !== 'string') return;
    if (request.startsWith('node:')) {
      this.builtin(request.slice(5), exports);
      return;
    }
    if (request.startsWith('.')) {
      if (this.#fileNames.size === 0 || !this.#fileNames.has(withoutEnding(basename(request)))) return;
      const file = fileOf(resolve);
      if (file === undefined) return;
      for (const entry of this.#entries.get(file.library) ?? [])
        if (entry.path === withoutEnding(file.path)) this.#tell(entry, { exports, ...file, by: 'require' });
      return;
    }
    const entries = this.#entries.get(libraryOf(request));
    if (entries === undefined) return;
    let file: LibraryFile | undefined;
    for (const entry of entries) {
      if (isSeen(entry, exports)) continue;
      file ??= fileOf(resolve);
      if (entry.path !== undefined && (file === undefined || entry.path !== withoutEnding(file.path))) continue;
      this.#tell(entry, { exports, version: file?.version, path: file?.path, by: 'require' });
    }
  }

  #tell(entry: Entry, loaded: LoadedModule): void {
    const { exports } = loaded;
    if (!isObject(exports) || entry.seen.has(exports)) return;
    entry.seen.add(exports);
    entry.patch(loaded);
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function isSeen(entry: Entry, exports: unknown): boolean {
  return !isObject(exports) || entry.seen.has(exports);
}

/** Modules that a bundle or a hook hands over are remembered for instrumentations that are attached later. */
const maxHanded = 1000;

function fileOf(resolve: () => string): LibraryFile | undefined {
  try {
    return libraryFile(resolve());
  } catch {
    return undefined;
  }
}
