/**
 * The embedded PostgreSQL, a process of its own. Tells its parent `{ databaseUrl }` when it answers; ends when the
 * parent's channel closes.
 */
import { startEmbedded } from './embedded.js';

// Ctrl-C reaches the whole process group; the services still need the database while they end, and our parent ends us.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});
process.on('disconnect', () => process.exit(0));

const { url } = await startEmbedded();
process.send?.({ databaseUrl: url });
