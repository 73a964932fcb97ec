// How long an acknowledgement takes, and how long after it a span can be found, at half of the highest rate.
// usage: node bench/freshness/run.mjs [seconds=30] [spans per second=60000]
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machine, root, startInstance } from '../instance.mjs';
import { sendFor } from '../send.mjs';

const [seconds = '30', rate = '60000'] = process.argv.slice(2);
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms));
const instance = await startInstance();
const url = `${instance.otlp}/v1/traces`;
await sendFor({ kind: 'spans', url, connections: 4, perRequest: 1000, seconds: 2 });
await instance.flush();

const load = sendFor({ kind: 'spans', url, connections: 4, perRequest: 500, seconds, rate });
const end = performance.now() + Number(seconds) * 1000 - 3000;
const ackMs = [];
const freshMs = [];
await sleep(1000);
while (performance.now() < end) {
  const traceId = randomBytes(16).toString('hex');
  const nowNs = `${Date.now()}000000`;
  const span = {
    traceId,
    spanId: randomBytes(8).toString('hex'),
    name: 'probe',
    kind: 2,
    startTimeUnixNano: nowNs,
    endTimeUnixNano: nowNs,
  };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'probe' } }] };
  const body = JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans: [span] }] }] });
  const start = performance.now();
  const answer = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  if (answer.status !== 200) throw new Error(`${answer.status}`);
  await answer.text();
  const acknowledged = performance.now();
  ackMs.push(acknowledged - start);
  for (;;) {
    const found = await fetch(`${instance.api}/api/bw/v1/traces/${traceId}`);
    await found.arrayBuffer();
    if (found.status === 200) break;
    await sleep(20);
  }
  freshMs.push(performance.now() - acknowledged);
}
const sent = await load;
const at = (list, q) => list.toSorted((a, b) => a - b)[Math.min(list.length - 1, Math.floor(list.length * q))];
const result = {
  spansPerSecond: Math.round(sent.acknowledged / sent.elapsedS),
  loadAckP50Ms: sent.ackP50Ms,
  loadAckP99Ms: sent.ackP99Ms,
  probes: freshMs.length,
  probeAckP50Ms: at(ackMs, 0.5),
  probeAckP99Ms: at(ackMs, 0.99),
  freshP50Ms: at(freshMs, 0.5),
  freshP99Ms: at(freshMs, 0.99),
};
console.log(result);
await instance.stop();
writeFileSync(
  join(root, 'bench', 'freshness', 'results.json'),
  `${JSON.stringify({ machine: machine(), setup: { seconds: Number(seconds), rate: Number(rate) }, result }, null, 2)}\n`,
);
