// What happens beyond what the machine can take: many connections that send as fast as they can for some minutes, beside one sender of another workspace
// at a calm rate. Memory of both processes over time, what was acknowledged and lost, what the calm sender felt, and how long recovery takes.
// usage: node bench/overload/run.mjs [seconds=300] [connections=40] [calm spans per second=2000]
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cost, machine, root, startInstance } from '../instance.mjs';
import { sendFor } from '../send.mjs';

const [seconds = '300', connections = '40', calmRate = '2000'] = process.argv.slice(2);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const instance = await startInstance();
const url = `${instance.otlp}/v1/traces`;
const calm = {
  kind: 'spans',
  url,
  connections: 1,
  perRequest: 100,
  rate: calmRate,
  headers: { 'x-scope-orgid': 'calm' },
};

const alone = await sendFor({ ...calm, seconds: 15 });
const rssMB = [];
const watching = setInterval(() => {
  const [receiver, server] = [cost(instance.receiverPid), cost(instance.serverPid)];
  rssMB.push([Math.round(receiver.rssBytes / 1e6), Math.round(server.rssBytes / 1e6)]);
}, 1000);
const [flood, beside] = await Promise.all([
  sendFor({ kind: 'spans', url, seconds, connections, perRequest: 1000 }),
  sleep(2000).then(() => sendFor({ ...calm, seconds: Number(seconds) - 4 })),
]);
clearInterval(watching);

/** How long after its end a request is answered as fast as before, and everything can be queried. */
const end = performance.now();
await instance.flush();
const queryableS = (performance.now() - end) / 1000;
const after = await sendFor({ ...calm, seconds: 5 });
await instance.flush();
await sleep(1500);
const storedOf = async workspace => {
  const answer = await fetch(`${instance.api}/api/bw/v1/ledger`, { headers: { 'x-scope-orgid': workspace } });
  const { rows } = await answer.json();
  return rows.reduce((sum, { stored }) => sum + stored, 0);
};
const quarter = Math.floor(rssMB.length / 4);
const peakOf = list => Math.max(...list.map(([receiver, server]) => receiver + server));
const result = {
  floodPerSecond: Math.round(flood.acknowledged / flood.elapsedS),
  floodAnswers: flood.answers,
  floodLost: flood.acknowledged - (await storedOf('default')),
  calmLost: alone.acknowledged + beside.acknowledged + after.acknowledged - (await storedOf('calm')),
  calmAnswersBeside: beside.answers,
  calmAckP50Ms: { alone: alone.ackP50Ms, beside: beside.ackP50Ms, after: after.ackP50Ms },
  calmAckP99Ms: { alone: alone.ackP99Ms, beside: beside.ackP99Ms, after: after.ackP99Ms },
  peakMB: { firstQuarter: peakOf(rssMB.slice(0, quarter)), lastQuarter: peakOf(rssMB.slice(-quarter)) },
  queryableAfterS: queryableS,
};
console.log(result);
await instance.stop();
const setup = { seconds: Number(seconds), connections: Number(connections), calmRate: Number(calmRate) };
writeFileSync(
  join(root, 'bench', 'overload', 'results.json'),
  `${JSON.stringify({ machine: machine(), setup, result }, null, 2)}\n`,
);
