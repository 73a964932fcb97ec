import { syncBuiltinESMExports } from 'node:module';
import type { Tools } from './instrumentation.js';

/** Node's own modules that we do not load ourselves: one costs time and memory, the other warns in older Nodes that it is experimental. */
interface Builtins {
  readonly http2: typeof import('node:http2');
  /** Node 22.5 and newer. */
  readonly sqlite: unknown;
}

/** The names of these modules. */
export const unloadedBuiltins: ReadonlySet<string> = new Set<keyof Builtins>(['http2', 'sqlite']);

/**
 * Calls `attach` when the application has loaded one of Node's own modules: `node:http2` by itself costs 5 ms of CPU time and 2 MB, and most never do. `require` and, from Node 22.15
 * on, `import` of it are told; on older ones an `import` is noticed within a second.
 */
export function whenBuiltinLoads<K extends keyof Builtins>(
  tools: Tools,
  name: K,
  attach: (module: Builtins[K]) => void,
): void {
  let isAttached = false;
  const attachOnce = (): void => {
    // A package may have the same name.
    if (isAttached || !isLoaded(name)) return;
    isAttached = true;
    // Of a module that is loaded Node gives the exports, which the table above is about.
    attach(process.getBuiltinModule(`node:${name}`) as Builtins[K]);
    // What others have imported from it by name follows.
    syncBuiltinESMExports();
    tools.undo(syncBuiltinESMExports);
  };
  tools.onLoad(name, attachOnce);
  attachOnce();
  const stop = tools.recorder.beforeCut(() => {
    if (!isAttached) attachOnce();
    if (isAttached) stop();
  });
  tools.undo(stop);
}

/** The list of Node's own modules that are loaded; it is not in the types. Where it is missing, the other ways remain. */
function isLoaded(name: string): boolean {
  const loaded: unknown = Reflect.get(process, 'moduleLoadList');
  return Array.isArray(loaded) && loaded.includes(`NativeModule ${name}`);
}
