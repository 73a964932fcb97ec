import { type LibraryFile, libraryFile, libraryOf, withoutEnding } from './library-file.js';

/** Which modules of which libraries are to hand themselves over. */
export class WantedModules {
  readonly #files = new Map<string, Set<string | undefined>>();

  /** `names` are libraries, or files of libraries without their ending (`graphql/execution/execute`). */
  constructor(names: readonly string[]) {
    for (const name of names) {
      const library = libraryOf(name);
      const files = this.#files.get(library) ?? new Set();
      this.#files.set(library, files.add(name === library ? undefined : withoutEnding(name.slice(library.length + 1))));
    }
  }

  /** What `file` is, when it is wanted. */
  of(file: string): LibraryFile | undefined {
    const files = this.#files.get(libraryOf(file));
    if (files === undefined) return undefined;
    const found = libraryFile(file);
    if (found === undefined) return undefined;
    const isWanted = files.has(withoutEnding(found.path)) || (files.has(undefined) && found.isEntry);
    return isWanted ? found : undefined;
  }

  /** The libraries of which something is wanted. */
  get libraries(): readonly string[] {
    return [...this.#files.keys()];
  }
}
