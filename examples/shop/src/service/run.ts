import type { AddressInfo } from 'node:net';
import type { Server } from 'node:http';
import { setAddresses, type FromService, type ToService } from './addresses.js';
import { closeDatabase, rows } from './database.js';
import { log } from './log.js';
import { untraced } from './untraced.js';

/** A service as its process sees it. `prepare` runs once the other services' addresses are known. */
export interface RunningService {
  readonly server: Server;
  prepare?(): Promise<void>;
  close?(): Promise<void>;
}

let ready = false;

/** Is the service fit for requests? Its database answers and its addresses are known. */
export async function isReady(): Promise<boolean> {
  if (!ready) return false;
  try {
    await untraced(() => rows('SELECT 1'));
    return true;
  } catch {
    return false;
  }
}

/**
 * Listens on loopback, tells the parent the port, and serves until the parent ends it or goes away.
 *
 * Nothing calls `process.exit`: when all is closed the process ends by itself, and what is still to be sent gets sent.
 */
export function run({ server, prepare, close }: RunningService): void {
  if (process.send === undefined) {
    console.error('A service of the shop is started by the shop: node examples/shop/dist/main.js');
    process.exitCode = 2;
    return;
  }
  let ending = false;
  const end = async (): Promise<void> => {
    if (ending) return;
    ending = true;
    ready = false;
    const closed = new Promise(resolve => server.close(resolve));
    server.closeIdleConnections();
    await closed;
    await close?.();
    await closeDatabase();
    if (process.connected) process.disconnect();
  };
  for (const occasion of ['SIGTERM', 'disconnect'] as const) process.on(occasion, () => void end());
  // Ctrl-C reaches the whole process group; the main process gets it too and ends the services in their order.
  process.on('SIGINT', () => {});

  process.on('message', (message: ToService) => {
    setAddresses(message.addresses);
    if (ready || ending) return;
    const start = async (): Promise<void> => {
      await untraced(() => rows('SELECT 1'));
      await prepare?.();
      ready = true;
      tell({ ready: true });
      log.info({ version: process.env['SHOP_VERSION'] }, 'ready');
    };
    start().catch((error: unknown) => {
      log.fatal({ err: error }, 'could not start');
      process.exitCode = 1;
      void end();
    });
  });

  server.on('error', (error: NodeJS.ErrnoException) => {
    console.error(
      error.code === 'EADDRINUSE'
        ? `Port ${process.env['SHOP_PORT']} is taken; choose another with --port`
        : `${process.env['OTEL_SERVICE_NAME']} cannot listen: ${error.message}`,
    );
    process.exitCode = 1;
    if (process.connected) process.disconnect();
  });
  server.listen(Number(process.env['SHOP_PORT'] ?? 0), '127.0.0.1', () => {
    // A server that listens on TCP has an address with a port.
    tell({ port: (server.address() as AddressInfo).port });
  });
}

function tell(message: FromService): void {
  process.send?.(message);
}
