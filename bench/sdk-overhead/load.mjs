// Sends `requests` GETs over `connections` kept-alive connections, as fast as answers come, and reports latencies.
import http from 'node:http';
import { performance } from 'node:perf_hooks';

process.on('message', async ({ port, path, requests, connections }) => {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections });
  const latencies = [];
  let left = requests;
  let failed = 0;
  const one = id =>
    new Promise(resolve => {
      const startMs = performance.now();
      http
        .get({ host: '127.0.0.1', port, agent, path: path.replace(':id', String(id)) }, response => {
          if (response.statusCode !== 200) failed++;
          response.resume();
          response.on('end', () => {
            latencies.push(performance.now() - startMs);
            resolve();
          });
        })
        .on('error', () => {
          failed++;
          resolve();
        });
    });
  const worker = async () => {
    while (left-- > 0) await one((left % 1000) + 1);
  };
  await Promise.all(Array.from({ length: connections }, worker));
  agent.destroy();
  latencies.sort((a, b) => a - b);
  const at = part => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * part))];
  process.send({ failed, p50Ms: at(0.5), p99Ms: at(0.99) });
});
process.send({ ready: true });
