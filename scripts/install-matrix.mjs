// Installs the libraries (and, for the long form, the majors before and other Nodes) that the tests of the SDK's instrumentations run with.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const folder = join(root, 'packages/sdk/matrix');

async function ensure(name) {
  const place = join(folder, name);
  const stamp = join(place, 'node_modules/.bellwether-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(place, 'package-lock.json')))
    .digest('hex');
  const { dependencies = {} } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const isWhole = Object.keys(dependencies).every(each => existsSync(join(place, 'node_modules', each)));
  if (isWhole && existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  // What npm keeps of its last run would have it believe that nothing is missing.
  rmSync(join(place, 'node_modules/.package-lock.json'), { force: true });
  // Not `npm ci`: it refuses a lock without the optional packages of other platforms, which a registry need not have. The versions are the lock's.
  const lenient = ['--legacy-peer-deps', '--engine-strict=false'];
  await run('npm', ['install', '--no-save', '--ignore-scripts', ...lenient, '--loglevel=error'], {
    quiet: true,
    cwd: place,
  });
  writeFileSync(stamp, wanted);
}

/** Called by vitest before the tests of the project `matrix`. */
export default async function setup() {
  await ensure('current');
  if (process.env.BELLWETHER_FULL !== '1') return;
  await ensure('previous');
  await ensure('nodes');
}
