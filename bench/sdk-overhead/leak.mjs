// Whether an application with the SDK keeps memory: the heap after a full collection, over many requests that are answered, streamed, aborted and sent over new and
// kept-alive connections. Reports the slope of the heap over requests with its 95% interval; a slope that cannot be told from zero, or of less than a byte per
// request, is flat. The bare application beside it (`--variant bare`) shows what Node and the libraries do by themselves.
//
//   node bench/sdk-overhead/leak.mjs [--minutes 30] [--requests 1000000] [--samples 60] [--framework fastify] [--node /path/to/node] [--variant bellwether]
//
// It ends when either is reached, minutes or requests, and with 1 when the heap is not flat.
import { once } from 'node:events';
import http from 'node:http';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { closeStage, message, openStage } from './stage.mjs';

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '30' },
    requests: { type: 'string', default: '1000000' },
    samples: { type: 'string', default: '60' },
    framework: { type: 'string', default: 'fastify' },
    node: { type: 'string', default: process.execPath },
    variant: { type: 'string', default: 'bellwether' },
  },
});

/** Part of the run in which caches fill and code is compiled. */
const warmUpPart = 0.25;

function request({ port, agent }, path, abortAfterMs) {
  return new Promise(resolve => {
    const outgoing = http.get({ host: '127.0.0.1', port, path, agent }, response => {
      response.on('error', resolve);
      response.on('end', resolve);
      response.resume();
    });
    outgoing.on('error', resolve);
    outgoing.on('close', resolve);
    if (abortAfterMs !== undefined) setTimeout(() => outgoing.destroy(), abortAfterMs);
  });
}

/** Of a hundred requests 80 are ordinary, 10 are streamed, 5 are aborted, 4 come on connections of their own, and one finds no route. */
async function mixed(target, serial) {
  const id = (serial % 1000) + 1;
  const kind = serial % 100;
  if (kind < 80) return request(target, `/orders/${id}`);
  if (kind < 90) return request(target, '/stream');
  if (kind < 95) return request(target, `/orders/${id}`, Math.random() * 3);
  if (kind < 99) return request({ ...target, agent: new http.Agent({ keepAlive: false }) }, `/orders/${id}`);
  return request(target, `/nothing/${serial}`);
}

async function drive(target, count, from) {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await mixed(target, from + left);
  };
  await Promise.all(Array.from({ length: 10 }, worker));
}

/** Least squares through (x, y): the slope and half its 95% interval. */
function slopeOf(points) {
  const count = points.length;
  const meanX = points.reduce((sum, [x]) => sum + x, 0) / count;
  const meanY = points.reduce((sum, [, y]) => sum + y, 0) / count;
  const spread = points.reduce((sum, [x]) => sum + (x - meanX) ** 2, 0);
  const slope = points.reduce((sum, [x, y]) => sum + (x - meanX) * (y - meanY), 0) / spread;
  const rest = points.reduce((sum, [x, y]) => sum + (y - meanY - slope * (x - meanX)) ** 2, 0);
  return { slope, half: 2 * Math.sqrt(rest / (count - 2) / spread) };
}

async function main() {
  const stage = await openStage();
  const { child, port } = await stage.startApp(options.variant, {
    node: options.node,
    framework: options.framework,
    flags: ['--expose-gc'],
  });
  const agent = new http.Agent({ keepAlive: true, maxSockets: 10 });
  const untilMs = performance.now() + Number(options.minutes) * 60_000;
  const total = Number(options.requests);
  const slice = Math.ceil(total / Number(options.samples));
  const points = [];
  for (let sent = 0; sent < total && performance.now() < untilMs; sent += slice) {
    await drive({ port, agent }, slice, sent);
    // What was recorded is sent within a second.
    await new Promise(resolve => setTimeout(resolve, 1500));
    child.send('heap');
    const { heapBytes, rssBytes } = await message(child);
    points.push([sent + slice, heapBytes]);
    console.log(
      `${String(sent + slice).padStart(8)} requests: heap ${(heapBytes / 1_048_576).toFixed(2)} MB, memory ${(rssBytes / 1_048_576).toFixed(0)} MB`,
    );
  }
  agent.destroy();
  child.send('exit');
  await once(child, 'exit');
  const measured = points.slice(Math.floor(points.length * warmUpPart));
  if (measured.length < 4)
    throw new Error('too few samples to tell a slope: give it more minutes or requests, or more --samples');
  const { slope, half } = slopeOf(measured);
  const isFlat = slope - half <= 0 || slope < 1;
  console.log(`slope ${slope.toFixed(2)} ± ${half.toFixed(2)} bytes per request: ${isFlat ? 'flat' : 'NOT FLAT'}`);
  if (!isFlat) process.exitCode = 1;
}

try {
  await main();
} finally {
  closeStage();
}
