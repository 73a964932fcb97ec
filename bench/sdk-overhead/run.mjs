// What an agent costs: CPU µs per request of a realistic route (3 SQL + 1 fetch + 1 log line), start-up and memory, against the bare
// application. Every round runs all variants in a random order, each in a fresh process; ratios are taken within a round and the median is reported.
//
//   node bench/sdk-overhead/run.mjs [--rounds 7] [--requests 8000] [--warmup 3000] [--connections 10] [--variants bare,bellwether,...] [--path /orders/:id]
//                                   [--framework fastify] [--node /path/to/node]
//
// Needs Debian's PostgreSQL and a built SDK (`npm run build`); installs the other agents into its own folder when they are missing.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median } from './median.mjs';
import { closeStage, message, openStage } from './stage.mjs';
import { variants } from './variants.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '7' },
    requests: { type: 'string', default: '8000' },
    warmup: { type: 'string', default: '3000' },
    connections: { type: 'string', default: '10' },
    path: { type: 'string', default: '/orders/:id' },
    framework: { type: 'string', default: 'fastify' },
    node: { type: 'string', default: process.execPath },
    variants: { type: 'string', default: Object.keys(variants).join(',') },
    out: { type: 'string', default: join(here, 'results.json') },
  },
});

async function measure(name, stage, load) {
  const { child, readyMs, port } = await stage.startApp(name, { node: options.node, framework: options.framework });
  const connections = Number(options.connections);
  const drive = async requests => {
    load.send({ port, path: options.path, requests, connections });
    return message(load);
  };
  const stats = async () => {
    child.send('stats');
    return message(child);
  };
  await drive(Number(options.warmup));
  const before = await stats();
  const requests = Number(options.requests);
  const { failed, p50Ms, p99Ms } = await drive(requests);
  const after = await stats();
  child.send('exit');
  await once(child, 'exit');
  if (failed > 0) throw new Error(`${name}: ${failed} of ${requests} requests failed`);
  return {
    cpuUsPerRequest: (after.cpuUs - before.cpuUs) / requests,
    startupMs: readyMs,
    rssMb: after.rssBytes / 1_048_576,
    p50Ms,
    p99Ms,
  };
}

async function main() {
  const names = options.variants.split(',');
  const unknown = names.filter(name => !(name in variants));
  if (unknown.length > 0)
    throw new Error(`unknown variants ${unknown.join(', ')}; known: ${Object.keys(variants).join(', ')}`);
  if (!names.includes('bare')) throw new Error('ratios need the variant "bare"');
  const stage = await openStage();
  const load = await stage.start('load.mjs');
  const rounds = [];
  for (let round = 0; round < Number(options.rounds); round++) {
    const order = names.map(name => ({ name, at: Math.random() })).sort((a, b) => a.at - b.at);
    const results = {};
    for (const { name } of order) results[name] = await measure(name, stage, load.child);
    rounds.push(results);
    console.error(
      `round ${round + 1}: ${names.map(name => `${name} ${results[name].cpuUsPerRequest.toFixed(0)} µs`).join(', ')}`,
    );
  }
  const summary = names.map(name => {
    const of = key => median(rounds.map(round => round[name][key]));
    const added = key => median(rounds.map(round => round[name][key] - round.bare[key]));
    return {
      variant: name,
      cpuUsPerRequest: of('cpuUsPerRequest'),
      cpuRatio: median(rounds.map(round => round[name].cpuUsPerRequest / round.bare.cpuUsPerRequest)),
      addedStartupMs: added('startupMs'),
      addedRssMb: added('rssMb'),
      p50Ms: of('p50Ms'),
      p99Ms: of('p99Ms'),
    };
  });
  console.table(
    Object.fromEntries(
      summary.map(({ variant, ...row }) => [
        variant,
        Object.fromEntries(Object.entries(row).map(([key, value]) => [key, Number(value.toFixed(2))])),
      ]),
    ),
  );
  const node = execFileSync(options.node, ['--version'], { encoding: 'utf8' }).trim();
  const machine = { node, cpu: cpus()[0]?.model, cores: cpus().length };
  const { rounds: roundCount, requests, warmup, connections, path } = options;
  const settings = {
    rounds: Number(roundCount),
    requests: Number(requests),
    warmup: Number(warmup),
    connections: Number(connections),
    path,
    framework: options.framework,
  };
  writeFileSync(options.out, `${JSON.stringify({ machine, settings, summary, rounds }, undefined, 2)}\n`);
}

try {
  await main();
} finally {
  closeStage();
}
