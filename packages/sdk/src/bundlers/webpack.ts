import { fileURLToPath } from 'node:url';
import { wantedInBundles } from './wanted-in-bundles.js';

/** The part of webpack's compiler that we use. */
interface WebpackCompiler {
  readonly options: { readonly module: { readonly rules: unknown[] } };
}

/** A plugin as webpack takes it. */
export interface WebpackPlugin {
  apply(compiler: WebpackCompiler): void;
}

/**
 * For `plugins: [bellwether()]` of a webpack configuration: libraries that become part of the bundle are seen as if they had been loaded from `node_modules`.
 * Keep `@bellwether/node` itself out of the bundle (`externals`), and start the bundle with `--import @bellwether/node/register`.
 */
export function bellwether(): WebpackPlugin {
  return {
    apply(compiler) {
      const wanted = wantedInBundles();
      compiler.options.module.rules.push({
        test: (file: unknown) => typeof file === 'string' && wanted.of(file) !== undefined,
        use: fileURLToPath(new URL('./webpack-loader.js', import.meta.url)),
      });
    },
  };
}
