import { syncBuiltinESMExports } from 'node:module';
import type { Tools } from './instrumentation.js';

type Http2 = typeof import('node:http2');

/**
 * Calls `attach` when the application has loaded `node:http2`, which by itself costs 5 ms of CPU time and 2 MB: most never do. `require` and, from Node 22.15 on,
 * `import` of it are told; on Node 20 an `import` is noticed within a second.
 */
export function whenHttp2Loads(tools: Tools, attach: (http2: Http2) => void): void {
  let isAttached = false;
  const attachOnce = (): void => {
    if (isAttached) return;
    isAttached = true;
    attach(process.getBuiltinModule('node:http2'));
    // What others have imported from it by name follows.
    syncBuiltinESMExports();
    tools.undo(syncBuiltinESMExports);
  };
  tools.onLoad('http2', attachOnce);
  if (isLoaded()) attachOnce();
  const stop = tools.recorder.beforeCut(() => {
    if (isAttached || isLoaded()) {
      stop();
      attachOnce();
    }
  });
  tools.undo(stop);
}

/** The list of Node's own modules that are loaded; it is not in the types. Where it is missing, the other ways remain. */
function isLoaded(): boolean {
  const loaded: unknown = Reflect.get(process, 'moduleLoadList');
  return Array.isArray(loaded) && loaded.includes('NativeModule http2');
}
