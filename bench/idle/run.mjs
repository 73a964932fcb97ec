// What Bellwether costs when nothing happens: CPU and memory of both processes over a minute, without data.
// usage: node bench/idle/run.mjs [seconds=60]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cost, machine, root, startInstance } from '../instance.mjs';

const [seconds = '60'] = process.argv.slice(2);
const instance = await startInstance();
await new Promise(resolve => setTimeout(resolve, 10_000));
const pids = [instance.receiverPid, instance.serverPid];
const before = pids.map(cost);
await new Promise(resolve => setTimeout(resolve, Number(seconds) * 1000));
const after = pids.map(cost);
const cpuPercent = after.map((now, i) => (now.cpuUs - before[i].cpuUs) / (Number(seconds) * 10_000));
const summary = {
  readyMs: Math.round(instance.readyMs),
  cpuPercentOfOneCore: cpuPercent[0] + cpuPercent[1],
  receiverCpuPercent: cpuPercent[0],
  serverCpuPercent: cpuPercent[1],
  rssMB: Math.round((after[0].rssBytes + after[1].rssBytes) / 1e6),
  receiverRssMB: Math.round(after[0].rssBytes / 1e6),
  serverRssMB: Math.round(after[1].rssBytes / 1e6),
};
console.log(summary);
writeFileSync(
  join(root, 'bench', 'idle', 'results.json'),
  `${JSON.stringify({ machine: machine(), seconds: Number(seconds), summary }, null, 2)}\n`,
);
await instance.stop();
