import type { FastifyInstance } from 'fastify';
import { scopeOf } from '../store/store.js';
import type { Store } from '../store/store.js';
import { Unavailable } from './api-failure.js';

const probeSeconds = 1;
const cachedMs = 1000;

/**
 * `/health/live`: the process answers; it asks nobody else. `/health/ready`: the store answers within a second; 503 before, and while stopping.
 * Both are public: they tell a state and never a reason.
 */
export function addHealthRoutes(app: FastifyInstance, store: Store, isStopping: () => boolean): void {
  app.get('/health/live', async () => ({ status: 'alive' }));

  let last = { atMs: 0, isReady: false };
  app.get('/health/ready', async () => {
    if (isStopping()) throw new Unavailable('The server is stopping.');
    if (Date.now() - last.atMs > cachedMs) last = { isReady: await answers(store), atMs: Date.now() };
    if (!last.isReady) throw new Unavailable('The store does not answer yet.');
    return { status: 'ready' };
  });
}

async function answers(store: Store): Promise<boolean> {
  try {
    const signal = AbortSignal.timeout(probeSeconds * 1000);
    await store.query("SELECT 1 AS one WHERE {workspace:String} != ''", {
      scope: scopeOf('default'),
      signal,
      maxSeconds: probeSeconds,
    });
    return true;
  } catch {
    return false;
  }
}
