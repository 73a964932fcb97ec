// Sentry error events per second and CPU µs per event of both processes: envelopes of about 9 KB with 25 frames and 20 breadcrumbs.
// usage: node bench/ingest-sentry/run.mjs [seconds=15] [runs=3] [connections=8]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cost, machine, median, root, startInstance } from '../instance.mjs';
import { sendFor } from '../send.mjs';

const [seconds = '15', runs = '3', connections = '8'] = process.argv.slice(2);
const results = [];
for (let run = 0; run < Number(runs); run++) {
  const instance = await startInstance();
  const args = { kind: 'sentry', url: `${instance.otlp}/api/1/envelope/?sentry_key=abc`, connections, perRequest: 1 };
  await sendFor({ ...args, seconds: 2 });
  await instance.flush();
  const before = [cost(instance.receiverPid), cost(instance.serverPid)];
  const sent = await sendFor({ ...args, seconds });
  await instance.flush();
  const after = [cost(instance.receiverPid), cost(instance.serverPid)];
  const cpuUs = after.reduce((sum, now, i) => sum + now.cpuUs - before[i].cpuUs, 0);
  results.push({
    eventsPerSecond: Math.round(sent.acknowledged / sent.elapsedS),
    usPerEvent: cpuUs / sent.acknowledged,
    peakMB: Math.round((after[0].peakBytes + after[1].peakBytes) / 1e6),
    ackP50Ms: sent.ackP50Ms,
    ackP99Ms: sent.ackP99Ms,
    acknowledged: sent.acknowledged,
  });
  console.log(results.at(-1));
  await instance.stop();
}
const summary = Object.fromEntries(
  Object.keys(results[0]).map(key => [key, median(results.map(result => result[key]))]),
);
console.log('median of', runs, summary);
const setup = { seconds: Number(seconds), runs: Number(runs), connections: Number(connections) };
writeFileSync(
  join(root, 'bench', 'ingest-sentry', 'results.json'),
  `${JSON.stringify({ machine: machine(), setup, summary, results }, null, 2)}\n`,
);
