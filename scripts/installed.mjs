// Makes node_modules agree with package-lock.json, and does nothing when it already does.
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from './run.mjs';

const oldest = [20, 19];

/** Runs `npm ci` when the lock file changed since the last install (or nothing is installed). */
export async function ensureInstalled({ quiet = false } = {}) {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < oldest[0] || (major === oldest[0] && minor < oldest[1])) {
    console.error(`Node ${process.versions.node} is too old: Bellwether needs Node 20.19 or newer.`);
    process.exit(2);
  }
  const stamp = join(root, 'node_modules', '.bellwether-installed');
  const wanted = createHash('sha256')
    .update(readFileSync(join(root, 'package-lock.json')))
    .update(`${process.platform} ${process.arch}`)
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return false;
  if (!quiet) console.log('Installing packages (the engine is about 550 MB on disk; once) ...');
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { quiet: true });
  writeFileSync(stamp, wanted);
  return true;
}
