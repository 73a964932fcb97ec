import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Address } from '../../config/address.js';
import { isAllowed } from '../keyless.js';
import type { ReceiveDeps } from '../protocol.js';

/**
 * Answers the datagrams by which Fluentd asks whether we live (`heartbeat_type udp`): a zero byte for each. Without the UDP port senders ask over TCP.
 * What comes from our own port number comes from no sender: two receivers that answer each other would do so for ever.
 */
export function answerHeartbeats({ host, port }: Address, { keyless, log }: ReceiveDeps): Socket {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.on('message', (_, { address, port: from }) => {
    if (from !== port && isAllowed(address, keyless)) socket.send(Buffer.of(0), from, address, () => {});
  });
  socket.on('error', error =>
    log.warn({ err: error }, 'UDP heartbeats of Fluentd’s forward protocol are not answered; heartbeat_type tcp works'),
  );
  socket.bind({ address: host, port, exclusive: true });
  return socket;
}
