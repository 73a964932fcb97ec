// The service that the route fetches from: one fixed answer per request, on raw TCP, so that it costs next to nothing.
import net from 'node:net';

const body = '{"currency":"EUR","factor":1.19}';
const answer = Buffer.from(
  `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\nconnection: keep-alive\r\n\r\n${body}`,
);
const server = net.createServer(socket => {
  socket.setNoDelay(true);
  socket.on('error', () => {});
  socket.on('data', data => {
    for (let at = data.indexOf('\r\n\r\n'); at >= 0; at = data.indexOf('\r\n\r\n', at + 1)) socket.write(answer);
  });
});
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
