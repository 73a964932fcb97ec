import http from 'node:http';

const server = http.createServer((request, response) => {
  console.log('paid %d with Bearer abcdefghijklmnop', 12);
  console.warn('nearly empty', { left: 2 });
  console.error('could not ship', new RangeError('out of stock'));
  response.end('ok');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
