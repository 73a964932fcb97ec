// Log records per second and CPU µs per record of both processes, from OTLP bytes on the socket to rows on disk.
// usage: node bench/ingest-logs/run.mjs [seconds=15] [runs=3] [connections=4] [records per request=1000]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cost, machine, median, root, startInstance } from '../instance.mjs';
import { sendFor } from '../send.mjs';

const [seconds = '15', runs = '3', connections = '4', perRequest = '1000'] = process.argv.slice(2);
const results = [];
for (let run = 0; run < Number(runs); run++) {
  const instance = await startInstance();
  const args = { kind: 'logs', url: `${instance.otlp}/v1/logs`, connections, perRequest };
  await sendFor({ ...args, seconds: 2 });
  await instance.flush();
  const stored = async () => {
    const { rows } = await instance.get('/api/bw/v1/ledger');
    return rows.reduce((sum, row) => sum + row.stored, 0);
  };
  await new Promise(resolve => setTimeout(resolve, 1500));
  const storedBefore = await stored();
  const before = [cost(instance.receiverPid), cost(instance.serverPid)];
  const sent = await sendFor({ ...args, seconds });
  await instance.flush();
  await new Promise(resolve => setTimeout(resolve, 1500));
  const after = [cost(instance.receiverPid), cost(instance.serverPid)];
  const cpuUs = after.map((now, i) => now.cpuUs - before[i].cpuUs);
  results.push({
    recordsPerSecond: Math.round(sent.acknowledged / sent.elapsedS),
    receiverUsPerRecord: cpuUs[0] / sent.acknowledged,
    serverUsPerRecord: cpuUs[1] / sent.acknowledged,
    usPerRecord: (cpuUs[0] + cpuUs[1]) / sent.acknowledged,
    peakMB: Math.round((after[0].peakBytes + after[1].peakBytes) / 1e6),
    ackP50Ms: sent.ackP50Ms,
    ackP99Ms: sent.ackP99Ms,
    acknowledged: sent.acknowledged,
    lost: sent.acknowledged - ((await stored()) - storedBefore),
  });
  console.log(results.at(-1));
  await instance.stop();
}
const summary = Object.fromEntries(
  Object.keys(results[0]).map(key => [key, median(results.map(result => result[key]))]),
);
console.log('median of', runs, summary);
const setup = {
  seconds: Number(seconds),
  runs: Number(runs),
  connections: Number(connections),
  recordsPerRequest: Number(perRequest),
};
writeFileSync(
  join(root, 'bench', 'ingest-logs', 'results.json'),
  `${JSON.stringify({ machine: machine(), setup, summary, results }, null, 2)}\n`,
);
