import { setTimeout as sleep } from 'node:timers/promises';
import { trace } from '@opentelemetry/api';
import { money, type Currency } from '../domain/money.js';
import { untraced } from '../service/untraced.js';
import type { JobQueue } from '../jobs/queue.js';
import { addresses } from '../service/addresses.js';
import { rows } from '../service/database.js';
import { log } from '../service/log.js';

interface Due {
  readonly id: string;
  readonly tenant_id: string;
  readonly user_id: string;
  readonly price_minor: number;
  readonly currency: Currency;
}

const lookEveryMs = 5_000;
const beatEveryMs = 30_000;

/** Leaves a job for each subscription whose time has come. A subscription of the shop renews every twelve minutes, so that there is something to see. */
export function startRenewals(jobs: JobQueue, signal: AbortSignal): void {
  const tracer = trace.getTracer('shop.worker');
  let beatDueMs = 0;
  void (async () => {
    while (!signal.aborted) {
      try {
        const due = await untraced(() =>
          rows<Due>(
            `UPDATE shop.subscriptions SET renews_at = now() + interval '12 minutes'
             WHERE id IN (SELECT id FROM shop.subscriptions WHERE renews_at <= now() ORDER BY renews_at LIMIT 3 FOR UPDATE SKIP LOCKED)
             RETURNING id, tenant_id, user_id, price_minor, currency`,
          ),
        );
        if (due.length > 0) {
          await tracer.startActiveSpan('renewals.enqueue', async span => {
            span.setAttribute('renewals.due', due.length);
            for (const one of due) {
              await jobs.add({
                name: 'subscription.renew',
                who: { tenantId: one.tenant_id, userId: one.user_id },
                subscriptionId: one.id,
                price: money(one.price_minor, one.currency),
              });
            }
            span.end();
          });
        }
        if (performance.now() >= beatDueMs) {
          beatDueMs = performance.now() + beatEveryMs;
          await untraced(beat);
        }
      } catch (error) {
        log.error({ err: error }, 'could not look for renewals');
      }
      await sleep(lookEveryMs, undefined, { signal }).catch(() => {});
    }
  })();
}

/** Tells the uptime check of the renewals that they go on. Who does not hear it draws its own conclusions. */
async function beat(): Promise<void> {
  const { heartbeatUrl } = addresses();
  if (heartbeatUrl === undefined) return;
  await fetch(heartbeatUrl, { method: 'POST', signal: AbortSignal.timeout(2_000) }).catch(() => undefined);
}
