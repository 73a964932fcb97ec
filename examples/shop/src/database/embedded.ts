import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { holdExchanges } from './exchange.js';
import { snapshotPath } from './snapshot.js';

/** PGlite in memory behind its socket server, on a free loopback port. */
export interface EmbeddedDatabase {
  readonly url: string;
  stop(): Promise<void>;
}

/** Starts from the snapshot, which must be there. */
export async function startEmbedded(): Promise<EmbeddedDatabase> {
  const db = await PGlite.create({
    loadDataDir: new Blob([readFileSync(snapshotPath())]),
    startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
  });
  holdExchanges(db);
  const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 64 });
  await server.start();
  return {
    url: `postgres://postgres@${server.getServerConn()}/postgres?sslmode=disable`,
    async stop() {
      await server.stop();
      await db.close();
    },
  };
}
