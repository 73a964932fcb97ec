import { randomUUID } from 'node:crypto';
import type { Random } from '../domain/random.js';
import { decide, type Provider } from './providers.js';
import type { Vendor } from './vendor.js';

/** A provider's interface: charges that are approved, declined (402), asked to come again (503) or never answered, and refunds. */
export function cardPayments(provider: Provider, random: Random): Vendor {
  return {
    name: provider.name,
    answer({ path }) {
      if (path.startsWith('/v1/refunds'))
        return { status: 201, body: { id: shortId('re') }, afterMs: 20 + random() * 40 };
      const { outcome, afterMs } = decide(random, provider);
      switch (outcome) {
        case 'approved':
          return { status: 201, body: { id: shortId('ch') }, afterMs };
        case 'declined':
          return { status: 402, body: { code: 'insufficient_funds' }, afterMs };
        case 'busy':
          return { status: 503, body: { code: 'busy' }, afterMs };
        case 'silent':
          return { status: 0, body: undefined, afterMs };
      }
    },
  };
}

function shortId(prefix: string): string {
  return `${prefix}_${randomUUID().slice(0, 13).replace('-', '')}`;
}
