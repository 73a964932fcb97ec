import type { IncomingMessage } from 'node:http';
import { Refusal } from './refusal.js';

/**
 * What keeps a web page in somebody's browser from reading or injecting telemetry on this machine.
 *
 * On a loopback address the Host header must name this machine, or a page could reach us under its own name (DNS rebinding). Where a key is needed
 * any name will do, since a page has none, and a proxy in front keeps the name it was asked for. A request with an
 * `Origin` other than our own comes from a page, and is refused everywhere. Throws a 403 `Refusal`.
 */
export function refuseWebPages(request: IncomingMessage, { hasKeys }: { readonly hasKeys: boolean }): void {
  const host = request.headers.host ?? '';
  if (!hasKeys && isLoopback(request.socket.localAddress) && host !== '' && !isLocalName(host)) {
    throw new Refusal(`the Host header says "${host.slice(0, 60)}", and this address is for this machine only`, {
      status: 403,
      reason: 'foreign-host',
      remedy: 'Send to localhost or 127.0.0.1, or set ingest.keys',
    });
  }
  const { origin } = request.headers;
  const isForeign = origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`;
  if (isForeign || request.headers['sec-fetch-site'] === 'cross-site') {
    throw new Refusal(`requests from web pages (Origin ${(origin ?? 'of another site').slice(0, 60)}) are not taken`, {
      status: 403,
      reason: 'foreign-origin',
      remedy: "Send from your backend; a page's telemetry goes through it",
    });
  }
}

export function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(?:::ffff:)?127\.|^::1$/.test(address);
}

function isLocalName(host: string): boolean {
  const name = host.toLowerCase().replace(/:\d+$/, '');
  return name === 'localhost' || name.endsWith('.localhost') || name === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(name);
}
