/**
 * The embedded PostgreSQL, a process of its own: PGlite in memory behind its socket server on a free loopback port.
 *
 * Tells its parent `{ databaseUrl }` when it answers; ends when the parent's channel closes.
 */
import { readFileSync } from 'node:fs';
import { PGlite } from '@electric-sql/pglite';
import { PGLiteSocketServer } from '@electric-sql/pglite-socket';
import { holdExchanges } from './exchange.js';
import { snapshotPath } from './snapshot.js';

// Ctrl-C reaches the whole process group; the services still need the database while they end, and our parent ends us.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));

const db = await PGlite.create({
  loadDataDir: new Blob([readFileSync(snapshotPath())]),
  startParams: [...PGlite.defaultStartParams, '-c', 'shared_buffers=16MB'],
});
holdExchanges(db);
const server = new PGLiteSocketServer({ db, host: '127.0.0.1', port: 0, maxConnections: 64 });
await server.start();
process.send?.({ databaseUrl: `postgres://postgres@${server.getServerConn()}/postgres?sslmode=disable` });
