import Module from 'node:module';
import type { ApplicationPackage } from './application-package.js';
import { handOverSource, type LoadedSource } from './hand-over-source.js';
import { installedLibrary } from './library-file.js';
import { WantedModules } from './wanted-modules.js';

/** Hooks in the application's own thread; Node 22.15 and newer have them (https://nodejs.org/api/module.html#moduleregisterhooksoptions). */
interface SynchronousHooks {
  registerHooks(hooks: {
    load(url: string, context: unknown, nextLoad: (url: string, context: unknown) => LoadedSource): LoadedSource;
  }): { deregister(): void };
}

/** How ES modules of libraries are reached: by hooks in this thread, in a thread of Node's loaders, or not at all, and why. */
export type EsmReach = { readonly by: 'hooks' | 'loader thread' } | { readonly by: 'nothing'; readonly reason: string };

/**
 * Has ES modules of the libraries in `names` hand themselves over as they are loaded. `onBuiltin` is called for Node's own that are imported, where that can be seen.
 *
 * Older Nodes have hooks only in a thread of their own, which costs tens of milliseconds at start: it is made when the application depends on such a library.
 */
export function hookEsModules(
  names: readonly string[],
  application: ApplicationPackage | undefined,
  onBuiltin: (name: string) => void,
): EsmHooks {
  const wanted = new WantedModules(names);
  if (hasSynchronousHooks(Module)) {
    const hooks = Module.registerHooks({
      load(url, context, nextLoad) {
        const loaded = nextLoad(url, context);
        if (url.startsWith('node:')) onBuiltin(url.slice(5));
        return handOverSource(wanted, url, loaded);
      },
    });
    return { reach: { by: 'hooks' }, unhook: () => hooks.deregister() };
  }
  if (application === undefined) return nothing('no package.json names what the application depends on');
  const needing = wanted.libraries.filter(library => {
    if (!application.dependencies.has(library) || handOnCommonJs.has(library)) return false;
    const forms = installedLibrary(library, application.folder)?.forms;
    return forms === 'esm' || (forms === 'both' && !application.isCommonJs);
  });
  if (needing.length === 0) return nothing('the application depends on no library that needs it');
  Module.register(new URL('./loader-thread.js', import.meta.url), { data: names });
  return { reach: { by: 'loader thread' }, unhook: () => {} };
}

/** Their ES module only hands on what their CommonJS gives, and that is seen without a hook: `import pg from 'pg'` shall not cost a thread. */
const handOnCommonJs: ReadonlySet<string> = new Set(['pg', 'ws']);

interface EsmHooks {
  readonly reach: EsmReach;
  unhook(): void;
}

function nothing(reason: string): EsmHooks {
  return { reach: { by: 'nothing', reason }, unhook: () => {} };
}

function hasSynchronousHooks(module: object): module is SynchronousHooks {
  return 'registerHooks' in module && typeof module.registerHooks === 'function';
}
