import { fileURLToPath } from 'node:url';
import { handOver } from './hand-over.js';
import type { WantedModules } from './wanted-modules.js';

/** What Node's and other people's hooks give for a module; https://nodejs.org/api/module.html#loadurl-context-nextload */
export interface LoadedSource {
  readonly format?: string | null | undefined;
  readonly source?: string | ArrayBuffer | NodeJS.TypedArray | null | undefined;
}

/** `loaded` with the line that hands it over, when it is an ES module that is wanted; else unchanged. Never throws. */
export function handOverSource<Loaded extends LoadedSource>(
  wanted: WantedModules,
  url: string,
  loaded: Loaded,
): Loaded {
  if (loaded.format !== 'module' || !url.startsWith('file:')) return loaded;
  try {
    const file = wanted.of(fileURLToPath(url));
    if (file === undefined || loaded.source === undefined || loaded.source === null) return loaded;
    const text = typeof loaded.source === 'string' ? loaded.source : new TextDecoder().decode(loaded.source);
    const source = handOver(text, file, 'hook');
    return source === undefined ? loaded : { ...loaded, source };
  } catch {
    // The application's own module goes on as it is.
    return loaded;
  }
}
