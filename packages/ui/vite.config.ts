import react from '@vitejs/plugin-react';
import { defineConfig, type Plugin } from 'vite';

/** What asks the server before the application is there: as small as can be, and a script of its own. */
const early = /\/src\/(?:early\/|(?:api-client|moment|search-params|time-range)\.ts$)/;

/** Folders whose files every page needs, and the few files of other folders that Home needs too. */
const ofEveryPage =
  /\/src\/(?:(?:parts|shell)\/|[^/]+$|charts\/sparkline|search\/write-term|errors\/error-trend|services\/service(?:s-query|-columns|-status))/;

/** What the pages have in common that explore: charts, the search bar, and modules of one page's folder that another page uses too. */
const ofExplorers =
  /\/node_modules\/uplot\/|\/@base-ui\/react\/(?:autocomplete|combobox)\/|\/src\/(?:(?:charts|search)\/|trace\/(?:attribute-list|recent-traces|result-set)|logs\/level-mark|errors\/stack-view|service\/(?:chart-facts|peer-terms)|metrics\/(?:first-query|series-names))/;

/** What only queries and dashboards need: the editor, the engine's parser, the reader of dashboards, heatmaps of buckets, pictures. */
const queryOnly =
  /\/src\/charts\/(?:bucket-|element-png)|\/node_modules\/(?:@codemirror|@lezer|@prometheus-io|@marijn|crelt|lru-cache|re2js|style-mod|w3c-keyname)\/|\/packages\/(?:promql|dashboards)\/|virtual:promql/;

/** What draws the service map. */
const mapOnly =
  /\/node_modules\/(?:@xyflow|zustand|classcat|d3-(?:color|dispatch|drag|ease|interpolate|selection|timer|transition|zoom))\//;

const isOfEveryPage = (id: string): boolean =>
  ofEveryPage.test(id) ||
  (id.includes('/node_modules/') && !ofExplorers.test(id) && !queryOnly.test(id) && !mapOnly.test(id));

const isOfExplorers = (id: string): boolean => ofExplorers.test(id) && !queryOnly.test(id);

/**
 * Two chunks are shared: what every page needs, and what pages with charts or a search bar need. All else
 * comes with the page that asks for it, so that a page costs two requests more and a new page costs the first load nothing.
 */
const chunks = [
  { name: 'early', test: early, priority: 3 },
  { name: 'app', test: isOfEveryPage, priority: 2 },
  { name: 'explore', test: isOfExplorers, priority: 1 },
];

/** The docs of PromQL's functions, read from the engine's own objects when the pages are built: their code stays at home. */
function promqlDocs(): Plugin {
  const name = 'virtual:promql-docs';
  return {
    name: 'promql-docs',
    resolveId: id => (id === name ? `\0${name}` : undefined),
    async load(id) {
      if (id !== `\0${name}`) return undefined;
      const { functions, signatures } = await import('@bellwether/promql');
      const docs = [...functions.values()].map(({ name, doc }) => {
        const { argTypes = [], variadic = 0 } = signatures.get(name) ?? {};
        const args: string[] = argTypes.map(type =>
          type === 'vector' ? 'instant vector' : type === 'matrix' ? 'range vector' : type,
        );
        const last = args.at(-1);
        if (variadic !== 0 && last !== undefined) args[args.length - 1] = variadic < 0 ? `[${last}, …]` : `[${last}]`;
        return { name, doc, signature: `(${args.join(', ')})` };
      });
      return `export const functionDocs = ${JSON.stringify(docs)};`;
    },
  };
}

/**
 * Builds static files into `dist/web`; the server sends them.
 *
 * One style sheet and no inlined assets: a page load stays at 8 requests or fewer, and the strict
 * content security policy (`default-src 'self'`) has nothing to forbid.
 */
export default defineConfig({
  plugins: [react(), promqlDocs()],
  // Two copies of these would not know each other's extensions.
  resolve: {
    dedupe: [
      '@codemirror/language',
      '@codemirror/state',
      '@codemirror/view',
      '@lezer/common',
      '@lezer/highlight',
      '@lezer/lr',
    ],
  },
  build: {
    outDir: 'dist/web',
    emptyOutDir: true,
    target: 'es2022',
    cssCodeSplit: false,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: { output: { codeSplitting: { groups: chunks } } },
  },
  server: {
    host: '127.0.0.1',
    port: 4301,
    proxy: { '/api': process.env['BELLWETHER_URL'] ?? 'http://127.0.0.1:4300' },
  },
});
