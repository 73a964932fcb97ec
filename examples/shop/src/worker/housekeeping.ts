import { setTimeout as sleep } from 'node:timers/promises';
import { untraced } from '../service/untraced.js';
import { rows } from '../service/database.js';
import { log } from '../service/log.js';

const everyMs = 120_000;

/**
 * Keeps the database small however long the shop runs: old carts and orders go, and dead rows are given back (the
 * embedded database has no autovacuum).
 */
export function startHousekeeping(signal: AbortSignal): void {
  void (async () => {
    while (!signal.aborted) {
      await sleep(everyMs, undefined, { signal }).catch(() => {});
      if (signal.aborted) return;
      try {
        await untraced(async () => {
          await rows(`DELETE FROM shop.carts WHERE changed_at < now() - interval '30 minutes'`);
          await rows(`DELETE FROM shop.partner_ledger WHERE created_at < now() - interval '2 hours'`);
          await rows(`DELETE FROM shop.orders WHERE created_at < now() - interval '2 hours'`);
          await rows(`DELETE FROM shop.jobs WHERE state = 'dead' AND run_at < now() - interval '2 hours'`);
          for (const table of ['jobs', 'carts', 'cart_items', 'orders', 'stock', 'subscriptions']) {
            await rows(`VACUUM shop.${table}`);
          }
        });
        log.info('old carts and orders removed');
      } catch (error) {
        log.error({ err: error }, 'housekeeping failed');
      }
    }
  })();
}
