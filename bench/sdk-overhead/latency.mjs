// What an agent adds to the latency of a realistic route (3 SQL + 1 fetch + 1 log line) at a low fixed rate, and how much throughput it takes at
// saturation. In every pair a bare application and one with the agent stand side by side, each in a fresh process: first both get requests in turns at the
// fixed rate, then each is saturated alone, in slices of half the time in the order A B B A. Differences are taken within a pair, medians over pairs.
//
//   node bench/sdk-overhead/latency.mjs [--pairs 5] [--rate 100] [--seconds 20] [--saturate 10] [--connections 16] [--with bellwether] [--path /orders/:id]
//                                       [--framework fastify] [--node /path/to/node]
//
// `--with bare` shows what the machine's own noise would be taken for. Needs what run.mjs needs.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './median.mjs';
import { closeStage, message, openStage } from './stage.mjs';
import { variants } from './variants.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    pairs: { type: 'string', default: '5' },
    rate: { type: 'string', default: '100' },
    seconds: { type: 'string', default: '20' },
    saturate: { type: 'string', default: '10' },
    connections: { type: 'string', default: '16' },
    path: { type: 'string', default: '/orders/:id' },
    framework: { type: 'string', default: 'fastify' },
    node: { type: 'string', default: process.execPath },
    with: { type: 'string', default: 'bellwether' },
    out: { type: 'string', default: join(here, 'latency.json') },
  },
});
const settings = {
  pairs: Number(options.pairs),
  perSecond: Number(options.rate),
  seconds: Number(options.seconds),
  saturateSeconds: Number(options.saturate),
  connections: Number(options.connections),
  path: options.path,
  with: options.with,
  framework: options.framework,
};

/** Agents send what they have gathered before the other application is measured. */
const settle = () => new Promise(resolve => setTimeout(resolve, 1500));

async function measurePair(stage, pace) {
  const { perSecond, seconds, saturateSeconds, connections, path } = settings;
  const how = { node: options.node, framework: options.framework };
  const [bare, agent] = [await stage.startApp('bare', how), await stage.startApp(settings.with, how)];
  const drive = async load => {
    pace.send({ path, ...load });
    return message(pace);
  };
  const saturate = (app, part) =>
    drive({ kind: 'saturate', port: app.port, connections, ms: saturateSeconds * part * 1000 });
  const sentBytes = async () => {
    await settle();
    stage.sink.send('count');
    return (await message(stage.sink)).bytes;
  };
  for (const app of [bare, agent]) await saturate(app, 0.3);
  await sentBytes();

  const { lateP99Ms, latencies } = await drive({ kind: 'rate', ports: [bare.port, agent.port], perSecond, seconds });
  const [bareLatency, agentLatency] = latencies;
  const bytesAtRate = await sentBytes();

  const slices = new Map([bare, agent].map(app => [app, []]));
  const [first, second] = Math.random() < 0.5 ? [bare, agent] : [agent, bare];
  for (const app of [first, second, second, first]) {
    slices.get(app).push(await saturate(app, 0.5));
    await settle();
  }
  const bytesSaturated = await sentBytes();
  for (const { child } of [bare, agent]) {
    child.send('exit');
    await once(child, 'exit');
  }
  const saturated = app => {
    const [one, two] = slices.get(app);
    return { answered: one.answered + two.answered, saturatedPerSecond: (one.perSecond + two.perSecond) / 2 };
  };
  const withAgent = { ...agentLatency, ...saturated(agent) };
  return {
    lateP99Ms,
    bare: { ...bareLatency, ...saturated(bare) },
    with: {
      ...withAgent,
      sentBytesPerRequest: bytesAtRate / withAgent.requests,
      sentBytesPerRequestSaturated: bytesSaturated / withAgent.answered,
    },
  };
}

const line = ({ p50Ms, p99Ms, saturatedPerSecond }) =>
  `p50 ${p50Ms.toFixed(3)} ms, p99 ${p99Ms.toFixed(3)} ms, ${saturatedPerSecond.toFixed(0)}/s`;

async function main() {
  if (!(settings.with in variants))
    throw new Error(`unknown variant ${settings.with}; known: ${Object.keys(variants).join(', ')}`);
  const stage = await openStage();
  const { child: pace } = await stage.start('pace.mjs');
  const pairs = [];
  const loadBefore = loadavg()[0];
  for (let at = 0; at < settings.pairs; at++) {
    const pair = await measurePair(stage, pace);
    pairs.push(pair);
    console.error(`pair ${at + 1}: bare ${line(pair.bare)}; ${settings.with} ${line(pair.with)}`);
  }
  const over = value => median(pairs.map(value));
  const summary = {
    addedP50Ms: over(pair => pair.with.p50Ms - pair.bare.p50Ms),
    addedP99Ms: over(pair => pair.with.p99Ms - pair.bare.p99Ms),
    throughputLost: over(pair => 1 - pair.with.saturatedPerSecond / pair.bare.saturatedPerSecond),
    bareP50Ms: over(pair => pair.bare.p50Ms),
    bareP99Ms: over(pair => pair.bare.p99Ms),
    barePerSecond: over(pair => pair.bare.saturatedPerSecond),
    // The generator's own lateness: far over 1 ms, other work had the cores and the latencies say little.
    lateP99Ms: over(pair => pair.lateP99Ms),
    // Much less per request at saturation would mean that the agent dropped data to keep up.
    sentBytesPerRequest: over(pair => pair.with.sentBytesPerRequest),
    sentBytesPerRequestSaturated: over(pair => pair.with.sentBytesPerRequestSaturated),
  };
  console.table(summary);
  // The load before the first pair says whether other work was using the cores.
  const node = execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim();
  const machine = { node, cpu: cpus()[0]?.model, cores: cpus().length, loadBefore };
  writeFileSync(options.out, `${JSON.stringify({ machine, settings, summary, pairs }, undefined, 2)}\n`);
}

try {
  await main();
} finally {
  closeStage();
}
