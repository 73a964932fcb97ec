// How long "what is different" takes with many spans stored, through the API of a running Bellwether.
// usage: node bench/difference/run.mjs <data folder that bench/query-traces/run.mjs made and kept>
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cost, machine, median, root, startInstance } from '../instance.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('usage: node bench/difference/run.mjs <data folder of bench/query-traces>');
const { spans, to } = JSON.parse(readFileSync(join(folder, 'bench-loaded.json'), 'utf8'));
const hour = 3_600_000;

const instance = await startInstance({ dataDir: folder });
const questions = {
  'failed requests of a service, 1 h': i => ({
    hours: 1,
    q: `service:service-${i % 20} kind:server`,
    selected: 'status:error',
  }),
  'failed requests of a service, 24 h': i => ({
    hours: 24,
    q: `service:service-${i % 20} kind:server`,
    selected: 'status:error',
  }),
  'slow spans of all services, 1 h': () => ({ hours: 1, selected: 'duration>3ms' }),
  'failed spans of all services, 24 h: every span (goal 2000 ms)': () => ({ hours: 24, selected: 'status:error' }),
  'slow spans of all services, 24 h: every span (goal 2000 ms)': () => ({ hours: 24, selected: 'duration>3ms' }),
  'the last hour against the hour before': () => ({ hours: 1, beforeFrom: to - 2 * hour, beforeTo: to - hour }),
};
const summary = {};
for (const [name, ask] of Object.entries(questions)) {
  const times = [];
  const cpu = [];
  let last;
  for (let i = 0; i < 7; i++) {
    const { hours, ...asked } = ask(i);
    const query = new URLSearchParams({ from: String(to - hours * hour), to: String(to), ...asked });
    const before = cost(instance.serverPid).cpuUs;
    const start = performance.now();
    last = await instance.get(`/api/bw/v1/difference?${query}`);
    times.push(performance.now() - start);
    cpu.push((cost(instance.serverPid).cpuUs - before) / 1000);
  }
  const looked = last.selected.looked + last.reference.looked;
  summary[name] = {
    ms: Math.round(median(times)),
    cpuMs: Math.round(median(cpu)),
    of: last.selected.count + last.reference.count,
    looked,
  };
  console.log(name, summary[name], last.differences.map(({ term }) => term).join(' '));
}
await instance.stop();
writeFileSync(
  join(root, 'bench', 'difference', 'results.json'),
  `${JSON.stringify({ machine: machine(), spans, median: summary }, null, 2)}\n`,
);
