/** Where to listen. Port 0: any free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export const addressForm = 'a port (4318), host:port (127.0.0.1:4318, [::1]:4318) or off';

/** Reads `4318`, `127.0.0.1:4318`, `[::1]:4318` or `off`. 'off' stays as it is; undefined: it is none of these. */
export function parseAddress(text: string): Address | 'off' | undefined {
  if (text === 'off') return 'off';
  const match = /^(?:(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):)?(\d{1,5})$/.exec(text);
  if (match === null) return undefined;
  const [, host = '127.0.0.1', port] = match;
  return Number(port) > 65535 ? undefined : { host: host.replaceAll(/[[\]]/g, ''), port: Number(port) };
}

/** As one types it into a URL. */
export function formatAddress({ host, port }: Address): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** True for addresses that only this machine can reach. */
export function isLoopback({ host }: Address): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
