import { isIP } from 'node:net';
import { type TLSSocket, connect } from 'node:tls';
import { networkFailure } from './run-failed.js';

const dayMs = 86_400_000;

export interface TlsTarget {
  /** The name that the certificate must be for. */
  readonly host: string;
  readonly address: string;
  readonly port: number;
}

/** Days until the certificate of the connection ends; undefined without one. */
export function certificateDays(socket: TLSSocket, nowMs: number): number | undefined {
  const until = Date.parse(socket.getPeerCertificate().valid_to ?? '');
  return Number.isNaN(until) ? undefined : Math.floor((until - nowMs) / dayMs);
}

/** A TLS connection to the address, checked for the name. Throws `RunFailed`. The caller destroys the socket. */
export function connectTls(
  { host, address, port }: TlsTarget,
  trusted: readonly string[] | undefined,
  signal: AbortSignal,
): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    // The look-up of the name may have outlived the run.
    signal.throwIfAborted();
    const socket = connect({
      host: address,
      port,
      ...(isIP(host) === 0 && { servername: host }),
      ...(trusted !== undefined && { ca: [...trusted] }),
    });
    const stop = (): void => void socket.destroy(new Error('stopped'));
    signal.addEventListener('abort', stop, { once: true });
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', stop);
      resolve(socket);
    });
    socket.once('error', error => {
      signal.removeEventListener('abort', stop);
      reject(networkFailure(error, `${host}:${port}`));
    });
  });
}
