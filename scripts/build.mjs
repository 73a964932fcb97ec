// Builds what is stale: types and JavaScript by `tsc -b`, the pages by Vite, and puts the pages where the server's package ships them.
import { cpSync, existsSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { bundleSdk } from './bundle-sdk.mjs';
import { ensureInstalled } from './installed.mjs';
import { root, run } from './run.mjs';

const bin = name => join(root, 'node_modules', '.bin', name);

/** Newest change below these folders and files, in ms. */
function newestMs(paths) {
  let newest = 0;
  for (const path of paths) {
    if (!existsSync(path)) continue;
    const facts = statSync(path);
    if (!facts.isDirectory()) newest = Math.max(newest, facts.mtimeMs);
    else newest = Math.max(newest, newestMs(readdirSync(path).map(name => join(path, name))));
  }
  return newest;
}

/** Writes what is text a second and third time, packed, so that the server need not pack it for each who asks. */
function pack(folder) {
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } };
  for (const name of readdirSync(folder).filter(each => /\.(?:js|css)$/.test(each))) {
    const bytes = readFileSync(join(folder, name));
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, quality));
    writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
  }
}

/** `all` also checks the types of tests and pages; without it only what runs is built. */
export async function build({ all = false } = {}) {
  const projects = all
    ? ['.']
    : ['packages/server', 'packages/promql', 'packages/dashboards', 'packages/sdk', 'examples/shop', 'examples/seeds'];
  await run(bin('tsc'), ['-b', ...projects], { quiet: true });
  await bundleSdk();
  // The shop's filled database, made once, so that the first start need not.
  const snapshot = run(process.execPath, [join(root, 'examples', 'shop', 'dist', 'database', 'snapshot.js')], {
    quiet: true,
  });

  const ui = join(root, 'packages', 'ui');
  const shipped = join(root, 'packages', 'server', 'ui');
  const stamp = join(shipped, '.built');
  const sources = ['src', 'public', 'index.html', 'vite.config.ts', 'package.json'].map(name => join(ui, name));
  const newest = String(
    newestMs([
      ...sources,
      ...['model', 'promql', 'dashboards'].map(name => join(root, 'packages', name, 'src')),
      join(root, 'packages', 'dashboards', 'src'),
      join(root, 'package-lock.json'),
      fileURLToPath(import.meta.url),
    ]),
  );
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === newest) return snapshot;
  // A test runner's NODE_ENV would bring React's development build.
  const env = { ...process.env, NODE_ENV: 'production' };
  await run(bin('vite'), ['build', '--logLevel', 'warn'], { quiet: true, cwd: ui, env });
  rmSync(shipped, { recursive: true, force: true });
  cpSync(join(ui, 'dist', 'web'), shipped, { recursive: true });
  pack(join(shipped, 'assets'));
  writeFileSync(stamp, newest);
  await snapshot;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    await ensureInstalled();
    await build({ all: process.argv.includes('--all') });
  } catch (error) {
    console.error(error.output ?? error);
    console.error(String(error.message ?? error));
    process.exit(1);
  }
}
