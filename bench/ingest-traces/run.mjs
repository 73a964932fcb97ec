// Spans per second and CPU µs per span of both processes, from OTLP bytes on the socket to rows on disk.
// usage: node bench/ingest-traces/run.mjs [seconds=15] [runs=3] [connections=4] [spans per request=1000] [spans per second, 0 = as fast as possible]
import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cost, machine, median, root, startInstance } from '../instance.mjs';

const [seconds = '15', runs = '3', connections = '4', perRequest = '1000', rate = '0'] = process.argv.slice(2);
const generator = join(root, 'bench', 'ingest-traces', 'generator.mjs');
const results = [];

for (let run = 0; run < Number(runs); run++) {
  const instance = await startInstance();
  const args = [generator, instance.otlp, '2', connections, perRequest, rate];
  await promisify(execFile)(process.execPath, args); // warms both processes up
  await instance.flush();
  const from = Date.now() - 3_600_000;
  const count = async () =>
    (await instance.get(`/api/bw/v1/traces/histogram?from=${from}&to=${Date.now() + 3_600_000}`)).total;
  const storedBefore = await count();
  const before = [cost(instance.receiverPid), cost(instance.serverPid)];
  args[2] = seconds;
  const { stdout } = await promisify(execFile)(process.execPath, args);
  const sent = JSON.parse(stdout);
  await instance.flush();
  const after = [cost(instance.receiverPid), cost(instance.serverPid)];
  const stored = (await count()) - storedBefore;
  const cpuUs = after.map((now, i) => now.cpuUs - before[i].cpuUs);
  results.push({
    spansPerSecond: Math.round(sent.acknowledged / sent.elapsedS),
    receiverUsPerSpan: cpuUs[0] / sent.acknowledged,
    serverUsPerSpan: cpuUs[1] / sent.acknowledged,
    usPerSpan: (cpuUs[0] + cpuUs[1]) / sent.acknowledged,
    peakMB: Math.round((after[0].peakBytes + after[1].peakBytes) / 1e6),
    receiverPeakMB: Math.round(after[0].peakBytes / 1e6),
    serverPeakMB: Math.round(after[1].peakBytes / 1e6),
    ackP50Ms: sent.ackP50Ms,
    ackP99Ms: sent.ackP99Ms,
    acknowledged: sent.acknowledged,
    refused: sent.refused,
    lost: sent.acknowledged - stored,
  });
  console.log(results.at(-1));
  await instance.stop();
}
const summary = Object.fromEntries(
  Object.keys(results[0]).map(key => [key, median(results.map(result => result[key]))]),
);
summary.lost = Math.max(...results.map(result => Math.abs(result.lost)));
console.log('median of', runs, summary);
const setup = {
  seconds: Number(seconds),
  runs: Number(runs),
  connections: Number(connections),
  spansPerRequest: Number(perRequest),
  attributes: 12,
};
writeFileSync(
  join(root, 'bench', 'ingest-traces', 'results.json'),
  `${JSON.stringify({ machine: machine(), setup, summary, results }, null, 2)}\n`,
);
