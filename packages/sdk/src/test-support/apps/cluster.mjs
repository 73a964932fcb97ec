import cluster from 'node:cluster';
import http from 'node:http';

if (cluster.isPrimary) {
  let listening = 0;
  cluster.on('listening', (_worker, { port }) => {
    listening++;
    if (listening === 2) console.log(`port ${port}`);
  });
  cluster.fork();
  cluster.fork();
} else {
  const server = http.createServer((_request, response) => response.end(String(process.pid)));
  server.listen(0, '127.0.0.1');
}
