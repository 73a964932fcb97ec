import http from 'node:http';
import * as library from 'keyv';

const Keyv = library.Keyv ?? library.default;
const keyv = new Keyv();

const server = http.createServer(async (_request, response) => {
  await keyv.set('user:77:cart', 'secret-value');
  const seen = [
    await keyv.get('user:77:cart'),
    await keyv.get('user:78:cart'),
    await keyv.get(['user:77:cart', 'user:79:cart']),
  ];
  response.end(JSON.stringify(seen));
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
