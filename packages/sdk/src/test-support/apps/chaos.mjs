import dgram from 'node:dgram';
import http from 'node:http';
import net from 'node:net';
import { business, captureException } from '@bellwether/node';

/** Connections that this process opened, whoever did. */
let opened = 0;
const { connect } = net.Socket.prototype;
net.Socket.prototype.connect = function (...args) {
  opened++;
  return connect.apply(this, args);
};
const { createSocket } = dgram;
dgram.createSocket = (...args) => {
  opened++;
  return createSocket(...args);
};

const now = Date.now;
const server = http.createServer((request, response) => {
  const [, what, value] = request.url.split('/');
  if (what === 'jump') Date.now = () => now() + Number(value);
  if (what === 'order') business.order({ orderId: value, status: 'created', amountMinor: 100, currency: 'EUR' });
  if (what === 'fails') captureException(new Error(`failed ${value}`));
  if (what === 'exit') process.exit(3);
  response.end(what === 'opened' ? String(opened) : 'ok');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
