import type { Random } from '../domain/random.js';
import { textField, type Vendor } from './vendor.js';

/**
 * The mail service. One user in forty has no mailbox any more (422, at every try); one message in thirty is refused as long as its job runs for the first time.
 * Which ones they are follows from the user and the order, not from time.
 */
export function mailbox(random: Random): Vendor {
  return {
    name: 'postbox',
    answer({ body }) {
      const afterMs = 5 + random() * 15;
      if (digits(textField(body, 'to')) % 40 === 0) return { status: 422, body: { code: 'mailbox_unknown' }, afterMs };
      const isFirst = textField(body, 'attempt') === '1';
      if (isFirst && digits(textField(body, 'about')) % 30 === 0)
        return { status: 503, body: { code: 'busy' }, afterMs };
      return { status: 202, body: { status: 'queued' }, afterMs };
    },
  };
}

function digits(text: string): number {
  return Number(text.replaceAll(/\D/g, '').slice(-6) || 1);
}
