import { createSocket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import type { Log } from '../../base/log.js';
import type { Address } from '../../config/address.js';

/** Bursts wait in the kernel; it gives at most `net.core.rmem_max`. */
const wantedBufferBytes = 8 << 20;

export interface UdpSocket {
  readonly port: number;
  /** What the kernel gave. */
  readonly bufferBytes: number;
  /** Reads what has arrived, and closes. */
  stop(): Promise<void>;
}

/** Rejects with Node's error when the address can not be had. */
export async function openUdp(
  { host, port }: Address,
  take: (datagram: Buffer, address: string) => void,
  log: Log,
): Promise<UdpSocket> {
  const socket = createSocket(isIPv6(host) ? 'udp6' : 'udp4');
  socket.on('message', (datagram, { address }) => take(datagram, address));
  await new Promise<void>((resolve, reject) => {
    socket.once('error', reject).bind({ address: host, port, exclusive: true }, () => {
      socket.off('error', reject).on('error', error => log.error({ err: error }, 'a UDP socket failed'));
      resolve();
    });
  });
  for (let bytes = wantedBufferBytes; bytes >= 1 << 18; bytes /= 2) {
    try {
      socket.setRecvBufferSize(bytes);
      break;
    } catch {
      // Some systems refuse what is beyond their limit instead of giving less: the next half may do.
    }
  }
  return {
    port: socket.address().port,
    bufferBytes: socket.getRecvBufferSize(),
    async stop() {
      // A turn of the event loop reads up to 32 datagrams; a few turns read what came before the stop.
      for (let turn = 0; turn < 8; turn++) await new Promise(resolve => setImmediate(resolve));
      await new Promise<void>(resolve => socket.close(resolve));
    },
  };
}
