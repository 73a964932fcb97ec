import { readFile } from 'node:fs/promises';
import { handOver } from '../load/hand-over.js';
import { wantedInBundles } from './wanted-in-bundles.js';

/** The part of esbuild that we use; https://esbuild.github.io/plugins/#on-load */
interface EsbuildBuild {
  onLoad(
    options: { readonly filter: RegExp; readonly namespace: string },
    load: (file: {
      readonly path: string;
    }) => Promise<{ readonly contents: string; readonly loader: 'js' } | undefined>,
  ): void;
}

/** A plugin as esbuild takes it. */
export interface EsbuildPlugin {
  readonly name: string;
  setup(build: EsbuildBuild): void;
}

/**
 * For `build({ plugins: [bellwether()] })`: libraries that become part of the bundle are seen as if they had been loaded from `node_modules`.
 * Keep `@bellwether/node` itself out of the bundle (`external`), and start the bundle with `--import @bellwether/node/register`.
 */
export function bellwether(): EsbuildPlugin {
  return {
    name: 'bellwether',
    setup(build) {
      const wanted = wantedInBundles();
      build.onLoad({ filter: /[\\/]node_modules[\\/].*\.[cm]?js$/, namespace: 'file' }, async ({ path }) => {
        const file = wanted.of(path);
        if (file === undefined) return undefined;
        const contents = handOver(await readFile(path, 'utf8'), file, 'bundle');
        return contents === undefined ? undefined : { contents, loader: 'js' };
      });
    },
  };
}
