import { Refusal } from '../../base/refusal.js';
import type { ReceiveDeps } from '../protocol.js';

export const notAllowed = new Refusal('events of Fluentd’s forward protocol came from a network that is not allowed', {
  status: 403,
  reason: 'network',
  remedy: 'Add its network to ingest.keyless.networks of bellwether.yaml',
});

export const tooMany = new Refusal(
  'more connections than Fluentd’s forward protocol may have at one time were opened',
  {
    status: 503,
    reason: 'connections',
    remedy: 'Let an aggregator (Fluentd, Fluent Bit) collect events of many hosts',
    retryAfterSeconds: 1,
  },
);

export const tls = new Refusal('TLS came to the port of Fluentd’s forward protocol, which is plain', {
  status: 400,
  reason: 'tls',
  remedy: 'Set tls off in the output (Fluent Bit), transport tcp (Fluentd); TLS ends at a proxy in front',
});

export const noForward = new Refusal('what came is not Fluentd’s forward protocol', {
  status: 400,
  reason: 'wrong-protocol',
  remedy: 'Use the forward output of Fluentd or Fluent Bit; HTTP and JSON go to the HTTP port',
});

export const wrongKey = new Refusal('the shared key of a sender of Fluentd’s forward protocol is not ours', {
  status: 401,
  reason: 'unauthorized',
  remedy: 'Set the same shared_key at the sender as in the variable that ingest.fluentSharedKey names',
});

/** There is no answer in this protocol that says no: it is counted, and the connection closed. */
export function refuseFluent({ message, facts }: Refusal, address: string, { ledger, now }: ReceiveDeps): void {
  const { reason, remedy, retryAfterSeconds } = facts;
  ledger.refused(
    { signal: 'logs', reason, message, remedy, atMs: now(), comesAgain: retryAfterSeconds !== undefined },
    { protocol: 'fluent', address, userAgent: '' },
  );
}
