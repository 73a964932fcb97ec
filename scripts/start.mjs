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
/** Running programs of ours, in the order they were started. */
const children = [];
let stopping = false;

/**
 * Starts a program in a process group of its own, so that Ctrl-C reaches only us and we stop them in order. Its standard input is a
 * pipe that nobody writes to: when we are killed it closes, and the shop ends too.
 * When one ends by itself, everything ends with its code.
 */
function start(name, args) {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'inherit', 'inherit'], detached: true });
  child.ended = new Promise(resolve => {
    child.once('exit', code => {
      resolve();
      if (stopping) return;
      console.error(`${name} ended with code ${code}.`);
      void stop(code ?? 1);
    });
  });
  children.push(child);
  return child;
}

/** The shop first, so that its last telemetry finds somebody; then Bellwether. Whoever does not end in time is killed. */
async function stop(code) {
  if (stopping) return;
  stopping = true;
  for (const child of children.toReversed()) {
    child.kill('SIGTERM');
    const patience = setTimeout(() => child.kill('SIGKILL'), 4000);
    await child.ended;
    clearTimeout(patience);
  }
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void stop(0));
// npm hands a signal to the shell that it started us with, which may end without a word to us.
const { ppid } = process;
if (process.env.npm_lifecycle_event !== undefined) {
  setInterval(() => process.ppid === ppid || void stop(0), 1000).unref();
}

const cli = join(root, 'packages', 'server', 'dist', 'cli', 'main.js');
const up = start('Bellwether', [cli, 'up', ...(demo ? ['--demo'] : []), ...upFlags]);

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
  const shop = join(root, 'examples', 'shop', 'dist', 'main.js');
  start('The sample shop', [shop, '--otlp', otlp, '--endpoints', file, ...shopFlags]);
}
