import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { seededRandom } from '../domain/random.js';
import { cardPayments } from './card-payments.js';
import { mailbox } from './mailbox.js';
import { carriers, parcelRates } from './parcel-rates.js';
import { providers } from './providers.js';
import type { Vendor } from './vendor.js';

const maxBodyBytes = 20_000;

/** The vendors as they run. */
export interface Vendors {
  /** Where each listens, by name. */
  readonly urls: Readonly<Record<string, string>>;
  stop(): void;
}

/** Starts all vendors, each on a loopback port of its own. The same seed makes them decide the same. */
export async function serveVendors(seed: number): Promise<Vendors> {
  const random = seededRandom(seed);
  const vendors: readonly Vendor[] = [
    ...providers.map(provider => cardPayments(provider, random)),
    mailbox(random),
    ...carriers.map(({ name }) => parcelRates(name, random)),
  ];
  const running = await Promise.all(vendors.map(async vendor => [vendor.name, await listen(vendor)] as const));
  return {
    urls: Object.fromEntries(
      // A server that listens on TCP has an address with a port.
      running.map(([name, server]) => [name, `http://127.0.0.1:${(server.address() as AddressInfo).port}`]),
    ),
    stop() {
      for (const [, server] of running) {
        server.close();
        server.closeAllConnections();
      }
    },
  };
}

async function listen(vendor: Vendor): Promise<Server> {
  const server = createServer((request, response) => {
    serve(vendor, request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return server;
}

async function serve(vendor: Vendor, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += String(part);
    if (text.length > maxBodyBytes) throw new Error('too large');
  }
  const { status, body, afterMs } = vendor.answer({
    path: request.url ?? '/',
    body: text === '' ? undefined : JSON.parse(text),
  });
  await sleep(afterMs, undefined, { ref: false });
  if (status === 0) return void response.destroy();
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
