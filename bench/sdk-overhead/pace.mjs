// Sends GETs over kept-alive raw TCP connections, so that the client costs little beside what it measures. Two kinds of load:
// `rate`: each application gets `perSecond` requests at fixed times, whether answers have come or not, from the write of a request to its last byte;
//   several applications are asked in turns, in a random order within a turn, so that what disturbs one disturbs the other.
// `saturate`: `connections` requests are always under way for `ms`; counts answers.
import net from 'node:net';
import { performance } from 'node:perf_hooks';
import { quantile } from './median.mjs';

const end = Buffer.from('\r\n\r\n');

/** One connection; `get(path)` resolves to ms from the write to the last byte of a 200, and rejects otherwise. One request at a time. */
function connect(port) {
  const socket = net.connect({ port, host: '127.0.0.1', noDelay: true });
  let waiting;
  let startMs = 0;
  let received = Buffer.alloc(0);
  const fail = error => waiting?.reject(error);
  socket.on('error', fail);
  socket.on('close', () => fail(new Error('the application closed a connection')));
  socket.on('data', data => {
    const nowMs = performance.now();
    received = received.length === 0 ? data : Buffer.concat([received, data]);
    const headEnd = received.indexOf(end);
    if (headEnd < 0) return;
    const head = received.latin1Slice(0, headEnd);
    const length = Number(/\r\ncontent-length: (\d+)/i.exec(head)?.[1]);
    if (received.length < headEnd + end.length + length) return;
    received = Buffer.alloc(0);
    const { resolve } = waiting;
    if (!head.startsWith('HTTP/1.1 200 ') || Number.isNaN(length)) fail(new Error(`unexpected answer: ${head}`));
    else resolve(nowMs - startMs);
  });
  return {
    get: path =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        const request = `GET ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`;
        startMs = performance.now();
        socket.write(request);
      }),
    close: () => socket.destroy(),
  };
}

const fill = (path, serial) => path.replace(':id', String((serial % 1000) + 1));

/** Connections that are used again, the last used first; a stalled application gets new ones rather than fewer requests. */
function pool(port, size) {
  const idle = Array.from({ length: size }, () => connect(port));
  return {
    async get(path) {
      const connection = idle.pop() ?? connect(port);
      const ms = await connection.get(path);
      idle.push(connection);
      return ms;
    },
    close: () => idle.forEach(connection => connection.close()),
  };
}

async function rate({ ports, path, perSecond, seconds }) {
  const pools = ports.map(port => pool(port, 4));
  const latencies = ports.map(() => []);
  const under = [];
  const ask = async (which, serial) => {
    latencies[which].push(await pools[which].get(fill(path, serial)));
  };
  const startMs = performance.now() + 100;
  const stepMs = 1000 / perSecond / ports.length;
  const lateMs = [];
  let turn = [];
  for (let at = 0; at < perSecond * seconds * ports.length; at++) {
    const waitMs = startMs + at * stepMs - performance.now();
    if (waitMs > 0) await new Promise(resolve => setTimeout(resolve, waitMs));
    lateMs.push(performance.now() - startMs - at * stepMs);
    if (turn.length === 0) turn = ports.map((_, which) => which).sort(() => Math.random() - 0.5);
    under.push(ask(turn.pop(), at));
  }
  await Promise.all(under);
  for (const one of pools) one.close();
  return {
    lateP99Ms: quantile(lateMs, 0.99),
    latencies: latencies.map(list => ({
      requests: list.length,
      p50Ms: quantile(list, 0.5),
      p99Ms: quantile(list, 0.99),
    })),
  };
}

async function saturate({ port, path, connections, ms }) {
  const startMs = performance.now();
  let answered = 0;
  let serial = 0;
  const worker = async () => {
    const connection = connect(port);
    while (performance.now() - startMs < ms) {
      await connection.get(fill(path, serial++));
      answered++;
    }
    connection.close();
  };
  await Promise.all(Array.from({ length: connections }, worker));
  return { answered, perSecond: (answered * 1000) / (performance.now() - startMs) };
}

const kinds = { rate, saturate };
process.on('message', async ({ kind, ...load }) => process.send(await kinds[kind](load)));
process.send({ ready: true });
