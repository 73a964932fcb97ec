import { handOver } from '../load/hand-over.js';
import { libraryFile } from '../load/library-file.js';

/** https://webpack.js.org/api/loaders/#the-loader-context */
interface LoaderContext {
  readonly resourcePath: string;
  callback(error: null, source: string, map: unknown): void;
}

/** Called by webpack for each module that the plugin's rule picks. Lines stay where they were, so the map does too. */
function bellwetherLoader(this: LoaderContext, source: string, map?: unknown): void {
  const file = libraryFile(this.resourcePath);
  const handed = file === undefined ? undefined : handOver(source, file, 'bundle');
  this.callback(null, handed ?? source, map);
}

// webpack calls it with its context as `this`.
export default bellwetherLoader;
