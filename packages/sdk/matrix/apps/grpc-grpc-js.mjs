import { setTenant } from '@bellwether/node';
import grpc from '@grpc/grpc-js';
import http from 'node:http';

const asText = {
  requestSerialize: Buffer.from,
  requestDeserialize: String,
  responseSerialize: Buffer.from,
  responseDeserialize: String,
};
const method = (name, requestStream, responseStream) => ({
  path: `/shop.Orders/${name}`,
  requestStream,
  responseStream,
  ...asText,
});
const service = {
  Get: method('Get', false, false),
  Watch: method('Watch', false, true),
  Import: method('Import', true, false),
};
const server = new grpc.Server();
server.addService(service, {
  Get({ request }, callback) {
    if (request === 'fails') throw new RangeError('out of range');
    if (request === 'missing') return callback({ code: grpc.status.NOT_FOUND, details: 'no such order' });
    return setTimeout(() => {
      setTenant(request);
      callback(null, 'an order');
    }, 5);
  },
  Watch(call) {
    call.write('one');
    call.write('two');
    call.end();
  },
  Import(call, callback) {
    call.resume();
    call.on('end', () => callback(null, 'done'));
  },
});
const Client = grpc.makeClientConstructor(service, 'Orders');

server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (_error, port) => {
  const client = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  const calls = {
    '/watch': done =>
      client
        .Watch('all')
        .on('data', () => {})
        .on('end', done),
    '/import': done => client.Import(done).end('lines'),
  };
  const web = http.createServer((request, response) => {
    const done = error => response.end(String(error?.code ?? 0));
    const call = calls[request.url];
    if (call === undefined) client.Get(request.url.slice(1), done);
    else call(done);
  });
  web.listen(0, '127.0.0.1', () => console.log(`port ${web.address().port}`));
});
