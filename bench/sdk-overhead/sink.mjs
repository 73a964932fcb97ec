// Takes whatever agents send (OTLP, Datadog's agent API, Sentry envelopes), answers 200 with an empty JSON object, and counts bytes.
import http from 'node:http';

let bytes = 0;
const server = http.createServer((request, response) => {
  request.on('data', chunk => (bytes += chunk.length));
  request.on('end', () => {
    const json = request.headers['content-type'] !== 'application/x-protobuf';
    response.writeHead(200, { 'content-type': json ? 'application/json' : 'application/x-protobuf' });
    response.end(json ? '{}' : '');
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
process.on('message', () => {
  process.send({ bytes });
  bytes = 0;
});
