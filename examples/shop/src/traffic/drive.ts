import { Agent, request as httpRequest } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Shopper, Visit } from './plan.js';
import { requestOf, type ShopRequest } from './request.js';

const maxInFlight = 50;
const timeoutMs = 15_000;
/** At the end, requests under way get this long. */
const lastAnswersMs = 1_500;
const rememberedOrders = 500;

/** What came of the traffic so far. `skipped` were not sent, because too many requests were still without an answer. */
export interface Tally {
  sent: number;
  failed: number;
  skipped: number;
}

/**
 * Sends each visit at its time until `signal` aborts. At most 50 requests wait for an answer; while they do, visits are
 * skipped and counted.
 */
export async function drive(visits: Iterable<Visit>, gatewayUrl: string, signal: AbortSignal): Promise<Tally> {
  const agent = new Agent({ keepAlive: true, maxSockets: maxInFlight });
  const lastOrders = new Map<string, string>();
  const tally: Tally = { sent: 0, failed: 0, skipped: 0 };
  const inFlight = new Set<Promise<void>>();

  const send = async (shopper: Shopper, what: ShopRequest): Promise<void> => {
    tally.sent++;
    try {
      const answer = await ask(agent, gatewayUrl, shopper, what);
      const orderId = what.path === '/v1/checkout' ? orderIdIn(answer) : undefined;
      if (orderId !== undefined) lastOrders.set(shopper.userId, orderId);
      const oldest = lastOrders.keys().next();
      if (lastOrders.size > rememberedOrders && oldest.done !== true) lastOrders.delete(oldest.value);
    } catch {
      tally.failed++; // the shop's own telemetry tells why
    }
  };

  for (const { atMs, shopper, action } of visits) {
    const waitMs = atMs - Date.now();
    // After a machine's sleep the missed visits are not made up for.
    if (waitMs < -2_000) continue;
    if (waitMs > 0) await sleep(waitMs, undefined, { signal }).catch(() => {});
    if (signal.aborted) break;
    const what = requestOf(action, shopper, lastOrders.get(shopper.userId));
    if (what === undefined) continue;
    if (inFlight.size >= maxInFlight) tally.skipped++;
    else {
      const answered = send(shopper, what);
      inFlight.add(answered);
      void answered.finally(() => inFlight.delete(answered));
    }
  }
  await Promise.race([Promise.all(inFlight), sleep(lastAnswersMs, undefined, { ref: false })]);
  agent.destroy();
  return tally;
}

function ask(agent: Agent, gatewayUrl: string, shopper: Shopper, { method, path, body }: ShopRequest): Promise<string> {
  return new Promise((resolve, reject) => {
    const headers: Record<string, string> = { 'x-tenant-id': shopper.tenantId, 'x-user-id': shopper.userId };
    if (body !== undefined) headers['content-type'] = 'application/json';
    const outgoing = httpRequest(gatewayUrl + path, { agent, method, headers, timeout: timeoutMs }, incoming => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (part: string) => (text += part));
      incoming.on('end', () => resolve(text));
      incoming.on('error', reject);
    });
    outgoing.on('timeout', () => outgoing.destroy(new Error(`no answer within ${timeoutMs} ms`)));
    outgoing.on('error', reject);
    outgoing.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

function orderIdIn(answer: string): string | undefined {
  return /"orderId":"(ord_\w+)"/.exec(answer)?.[1];
}
