import http from 'node:http';
import { LRUCache } from 'lru-cache';

const cache = new LRUCache({ max: 2 });
const fetching = new LRUCache({ max: 10, fetchMethod: async key => `got ${key}` });

const server = http.createServer(async (_request, response) => {
  cache.set('a', 1);
  cache.set('b', 2);
  const seen = [cache.get('a'), cache.get('x') ?? null];
  cache.set('c', 3);
  cache.set('d', 4);
  const fetched = [await fetching.fetch('k'), await fetching.fetch('k')];
  response.end(JSON.stringify({ seen, fetched, size: cache.size }));
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
