import type { LoadHook } from 'node:module';
import { handOverSource } from './hand-over-source.js';
import { WantedModules } from './wanted-modules.js';

let wanted = new WantedModules([]);

/** Called by Node in the thread of its loaders, with what `module.register` was given: the modules that are wanted. */
export function initialize(names: readonly string[]): void {
  wanted = new WantedModules(names);
}

export const load: LoadHook = async (url, context, nextLoad) =>
  handOverSource(wanted, url, await nextLoad(url, context));
