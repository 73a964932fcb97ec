import { start, traced } from '@bellwether/node';
import http from 'node:http';
import { isMainThread, parentPort, Worker } from 'node:worker_threads';

if (isMainThread) {
  const worker = new Worker(new URL(import.meta.url));
  const server = http.createServer((request, response) => {
    if (request.url === '/end') {
      worker.once('exit', code => response.end(String(code)));
      worker.postMessage('end', []);
    } else {
      worker.once('message', answer => response.end(answer));
      worker.postMessage('resize', []);
    }
  });
  server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
} else {
  start();
  const resize = traced(() => 'resized', { name: 'resize' });
  parentPort.on('message', message => {
    if (message === 'end') parentPort.close();
    else parentPort.postMessage(resize(), []);
  });
}
