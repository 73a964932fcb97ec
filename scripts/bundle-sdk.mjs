// Puts the built SDK into few files: an application that starts with it loads 5 files instead of 120, which is most of what its start-up costs
// (bench/sdk-overhead). All entries share the same chunks, so that there is one copy of the SDK in a process whichever of them was loaded.
import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const sdk = join(dirname(dirname(fileURLToPath(import.meta.url))), 'packages/sdk');
const dist = join(sdk, 'dist');
const bundle = join(dist, 'bundle');
const stamp = join(bundle, '.built');

/** JavaScript that `tsc` wrote, without tests. */
function scripts(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return path === bundle || entry.name === 'test-support' ? [] : scripts(path);
    return /(?<!\.test)\.js$/.test(entry.name) ? [path] : [];
  });
}

/** What `exports` of package.json names in the bundle is made from the file whose types stand beside it there. */
function exported() {
  const { exports } = JSON.parse(readFileSync(join(sdk, 'package.json'), 'utf8'));
  const entries = Object.values(exports).filter(({ default: file }) => file?.startsWith('./dist/bundle/'));
  return entries.map(entry => [basename(entry.default, '.js'), join(sdk, entry.types.replace(/\.d\.ts$/, '.js'))]);
}

/** Workers and loader hooks: `new URL('./name.js', import.meta.url)` finds them beside the chunk that names them. */
function loadedByUrl(files) {
  return files.flatMap(file => {
    const names = readFileSync(file, 'utf8').matchAll(/new URL\('\.\/([\w-]+)\.js', import\.meta\.url\)/g);
    return [...names].map(([, name]) => [name, join(dirname(file), `${name}.js`)]);
  });
}

/** What is loaded whenever the SDK starts: the files that `start.js` imports, and those that they import. */
function loadedAtStart() {
  const found = new Set();
  const add = file => {
    if (found.has(file)) return;
    found.add(file);
    for (const [, name] of readFileSync(file, 'utf8').matchAll(/(?:from|import) '(\.[^']+)'/g))
      add(resolve(dirname(file), name));
  };
  add(join(dist, 'start.js'));
  return found;
}

/** Makes `packages/sdk/dist/bundle` unless it is newer than everything that it is made of, or nothing is built yet. */
export async function bundleSdk() {
  if (!existsSync(dist)) return;
  const files = scripts(dist);
  const newest = Math.max(
    ...[...files, join(sdk, 'package.json'), fileURLToPath(import.meta.url)].map(file => statSync(file).mtimeMs),
  );
  const made = `${files.length} ${newest}`;
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === made) return;
  // Not before it is installed: this file is read by what installs.
  const { rolldown } = await import('rolldown');
  const build = await rolldown({
    input: Object.fromEntries([...exported(), ...loadedByUrl(files)]),
    platform: 'node',
    resolve: { conditionNames: ['esnext', 'import', 'node'] },
    external: id => !/^[./]/.test(id) && id !== '@opentelemetry/api',
    onLog(level, log, report) {
      report('error', log);
    },
  });
  const folder = mkdtempSync(join(dist, '.bundle-'));
  try {
    const atStart = loadedAtStart();
    await build.write({
      dir: folder,
      format: 'esm',
      chunkFileNames: '[name].js',
      // One character beyond Latin-1 would make V8 read all of it as UTF-16.
      charset: 'ascii',
      comments: { legal: true },
      // Half the size, and with it half of what reading and parsing take; names stay as they are, for who reads a stack.
      minify: { mangle: false, compress: false, codegen: { removeWhitespace: true } },
      codeSplitting: { groups: [{ name: 'sdk', test: id => atStart.has(id) }] },
    });
    writeFileSync(join(folder, '.built'), made);
    chmodSync(folder, 0o755);
    rmSync(bundle, { recursive: true, force: true });
    renameSync(folder, bundle);
  } catch (error) {
    // Another process that builds at the same time was faster.
    if (error.code !== 'ENOTEMPTY' && error.code !== 'EEXIST') throw error;
  } finally {
    await build.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Called by vitest before tests that run applications with the SDK. */
export default function setup() {
  return bundleSdk();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await bundleSdk();
