import http from 'node:http';
import NodeCache from 'node-cache';

const cache = new NodeCache();

const server = http.createServer((_request, response) => {
  cache.set('a', 1);
  cache.set('b', 2);
  response.end(JSON.stringify([cache.get('a'), cache.get('c') ?? null, cache.mget(['a', 'b', 'd'])]));
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
