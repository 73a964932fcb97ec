// How many times the CPU per request of a bare application one with an agent takes, on a machine that may be busy: all variants stand side by side and get short
// slices of requests in turns, in a random order within a round. CPU time of a process says nothing of who waited for a core, ratios are taken within a
// round, and the median of many rounds is reported. What an application does between its slices (sending, collecting garbage) counts as the slice before.
//
//   node bench/sdk-overhead/gate.mjs [--rounds 40] [--requests 300] [--warmup 4000] [--variants bare,bellwether] [--path /orders/:id] [--framework fastify]
//                                    [--node /path/to/node] [--record] [--gate]
//
// `--record` writes the ratios of each variant to gate.json, under the path, framework and major version of Node; `--gate` (`npm run bench:gate`) measures what is recorded
// there for the Node that runs, and ends with 1 when our ratio is more than 5% over its record.
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { median, quantile } from './median.mjs';
import { closeStage, message, openStage } from './stage.mjs';
import { variants } from './variants.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '40' },
    requests: { type: 'string', default: '300' },
    warmup: { type: 'string', default: '4000' },
    connections: { type: 'string', default: '10' },
    variants: { type: 'string', default: 'bare,bellwether' },
    path: { type: 'string', default: '/orders/:id' },
    framework: { type: 'string', default: 'fastify' },
    node: { type: 'string', default: process.execPath },
    record: { type: 'boolean', default: false },
    gate: { type: 'boolean', default: false },
  },
});
const recordFile = join(dirname(fileURLToPath(import.meta.url)), 'gate.json');
const allowed = 1.05;

const nodeMajor = execFileSync(options.node, ['-p', 'process.versions.node.split(".")[0]'], {
  encoding: 'utf8',
}).trim();

async function cpuUs({ child }) {
  child.send('stats');
  return (await message(child)).cpuUs;
}

/** Ratios of each variant against the bare application: median and quartiles over rounds. */
async function measure(stage, load, { path, framework, names }) {
  const connections = Number(options.connections);
  const requests = Number(options.requests);
  const apps = [];
  for (const name of names) apps.push({ name, ...(await stage.startApp(name, { node: options.node, framework })) });
  const drive = async ({ port }, count) => {
    load.send({ port, path, requests: count, connections });
    const { failed } = await message(load);
    if (failed > 0) throw new Error(`${failed} of ${count} requests failed`);
  };
  for (let part = 0; part < 4; part++) for (const app of apps) await drive(app, Number(options.warmup) / 4);
  const rounds = [];
  let before = new Map();
  for (const app of apps) before.set(app, await cpuUs(app));
  for (let round = 0; round < Number(options.rounds); round++) {
    const order = [...apps].sort(() => Math.random() - 0.5);
    for (const app of order) await drive(app, requests);
    const after = new Map();
    for (const app of apps) after.set(app, await cpuUs(app));
    rounds.push(Object.fromEntries(apps.map(app => [app.name, (after.get(app) - before.get(app)) / requests])));
    before = after;
  }
  for (const { child } of apps) {
    child.send('exit');
    await once(child, 'exit');
  }
  return Object.fromEntries(
    names.map(name => {
      const ratios = rounds.map(round => round[name] / round.bare);
      return [
        name,
        {
          cpuUsPerRequest: median(rounds.map(round => round[name])),
          cpuRatio: median(ratios),
          lowerQuartile: quantile(ratios, 0.25),
          upperQuartile: quantile(ratios, 0.75),
        },
      ];
    }),
  );
}

const rounded = figures =>
  Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, Number(value.toFixed(3))]));

async function main() {
  const names = options.variants.split(',');
  const unknown = names.filter(name => !(name in variants));
  if (unknown.length > 0)
    throw new Error(`unknown variants ${unknown.join(', ')}; known: ${Object.keys(variants).join(', ')}`);
  if (!names.includes('bare')) throw new Error('ratios need the variant "bare"');
  const recorded = JSON.parse(readFileSync(recordFile, 'utf8'));
  const own = `Node ${nodeMajor}, ${options.framework}, ${options.path}`;
  const wanted = options.gate ? Object.keys(recorded).filter(key => key.startsWith(`Node ${nodeMajor},`)) : [own];
  if (wanted.length === 0) throw new Error(`nothing is recorded for Node ${nodeMajor}; record it with --record`);
  const stage = await openStage();
  const { child: load } = await stage.start('load.mjs');
  for (const key of wanted) {
    const [, framework, path] = key.split(', ');
    const results = await measure(stage, load, { path, framework, names });
    console.log(key);
    console.table(Object.fromEntries(Object.entries(results).map(([name, figures]) => [name, rounded(figures)])));
    if (options.record)
      recorded[key] = {
        ...recorded[key],
        ...Object.fromEntries(Object.entries(results).map(([name, figures]) => [name, rounded(figures)])),
      };
    const limit = recorded[key]?.bellwether.cpuRatio * allowed;
    if (options.gate && results.bellwether.cpuRatio > limit) {
      console.error(`${key}: ${results.bellwether.cpuRatio.toFixed(3)} is over ${limit.toFixed(3)}, its record and 5%`);
      process.exitCode = 1;
    }
  }
  if (options.record) writeFileSync(recordFile, `${JSON.stringify(recorded, undefined, 2)}\n`);
}

try {
  await main();
} finally {
  closeStage();
}
