import http from 'node:http';

const server = http.createServer((request, response) => {
  if (request.url === '/throw') throw new RangeError('in the listener');
  if (request.url === '/slow') {
    console.log('slow');
    setTimeout(() => response.end('late'), 60_000).unref();
  } else response.end(JSON.stringify(request.headers));
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.on('unhandledRejection', () => {});
process.on('SIGTERM', () => {
  server.close();
  server.closeAllConnections();
  setTimeout(() => process.exit(4), 50);
});
if (process.env.REJECT !== undefined) Promise.reject(new Error('nobody looks'));
