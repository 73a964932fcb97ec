import { addresses } from './addresses.js';

/** A request to a vendor; with a body it is a POST, else a GET. */
export interface VendorCall {
  readonly body?: unknown;
  readonly timeoutMs?: number;
  /** The same for all tries of the same thing. */
  readonly idempotencyKey?: string;
}

/** Asks a vendor. Any status is an answer; silence is thrown, as `TimeoutError` or as `fetch` tells it. */
export async function askVendor(
  vendor: string,
  path: string,
  { body, timeoutMs = 3_000, idempotencyKey }: VendorCall = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${addresses().vendors[vendor]}${path}`, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: {
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: response.status, body: await response.json() };
}
