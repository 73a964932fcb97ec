// `npm start`: installs what is missing, builds what is stale, starts Bellwether and the sample shop, says where to look. Ctrl-C stops all.
// `npm start -- --no-demo` leaves the shop out; every other flag goes to `bellwether up`.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ensureInstalled } from './installed.mjs';
import { root } from './run.mjs';

const flags = process.argv.slice(2);
const demo = !flags.includes('--no-demo');
const upFlags = flags.filter(flag => flag !== '--no-demo');
const dataFlag = upFlags.findIndex(flag => flag === '--data' || flag.startsWith('--data='));
const data = resolve(
  dataFlag < 0
    ? (process.env.BELLWETHER_DATA ?? 'bellwether-data')
    : upFlags[dataFlag] === '--data'
      ? (upFlags[dataFlag + 1] ?? '')
      : upFlags[dataFlag].slice('--data='.length),
);

try {
  await ensureInstalled();
  const { build } = await import('./build.mjs');
  const slow = setTimeout(() => console.log('Building ...'), 1500);
  await build();
  clearTimeout(slow);
} catch (error) {
  console.error(error.output ?? error);
  console.error(`Could not get ready to start: ${error.message ?? error}`);
  process.exit(1);
}

const shopFlags = (process.env.BELLWETHER_SHOP_FLAGS ?? '').split(' ').filter(flag => flag !== '');
const children = new Set();
let stopping = false;

/** Starts a program of ours; when one ends by itself, everything ends with its code. */
function start(name, args, stdio) {
  const child = spawn(process.execPath, args, { cwd: process.cwd(), stdio, env: process.env });
  children.add(child);
  child.on('exit', code => {
    children.delete(child);
    if (!stopping && code !== 0) console.error(`${name} ended with code ${code}.`);
    stop(code ?? 1);
    if (children.size === 0) process.exit(exitCode);
  });
  return child;
}

let exitCode = 0;
function stop(code) {
  if (stopping) return;
  stopping = true;
  exitCode = code;
  for (const child of children) child.kill('SIGTERM');
  setTimeout(() => {
    for (const child of children) child.kill('SIGKILL');
  }, 5000).unref();
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => stop(0));

const cli = join(root, 'packages', 'server', 'dist', 'cli', 'main.js');
const up = start('Bellwether', [cli, 'up', ...(demo ? ['--demo'] : []), ...upFlags], ['ignore', 'inherit', 'inherit']);

if (demo) {
  // The shop needs the ingest address, which stands in endpoints.json as soon as the receiver listens.
  const file = join(data, 'endpoints.json');
  const otlp = await new Promise(found => {
    const look = setInterval(() => {
      if (stopping) return clearInterval(look);
      if (!existsSync(file)) return;
      try {
        const endpoints = JSON.parse(readFileSync(file, 'utf8'));
        if (endpoints.pid !== up.pid || !endpoints.otlpHttp) return;
        clearInterval(look);
        found(endpoints.otlpHttp);
      } catch {
        // it is being written
      }
    }, 50);
  });
  start(
    'The sample shop',
    [join(root, 'examples', 'shop', 'dist', 'main.js'), '--otlp', otlp, ...shopFlags],
    ['ignore', 'inherit', 'inherit'],
  );
}
