import { setTimeout as sleep } from 'node:timers/promises';
import { refusalOf } from '../base/refusal.js';
import type { PartsRequest } from './intake.js';
import type { ReceiveDeps } from './protocol.js';

/** Between two tries at most: it is us who wait, and asking costs little. */
const pauseMs = 1000;

/**
 * Keeps what a connection brought, and waits while there is no room: who calls does not read on meanwhile, so that the sender waits as well.
 * `refused`: it can never be kept, which is counted. `stopped`: there was no room until `signal` aborted.
 */
export async function keepUntilKept(
  { intake, ledger, now }: ReceiveDeps,
  request: PartsRequest,
  signal: AbortSignal,
): Promise<'kept' | 'refused' | 'stopped'> {
  for (let tries = 0; ; tries++) {
    try {
      await intake.parts(request);
      return 'kept';
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      const { reason, remedy, retryAfterSeconds } = refusal.facts;
      const comesAgain = retryAfterSeconds !== undefined;
      if (tries === 0 || !comesAgain)
        ledger.refused(
          { signal: request.parts[0]?.signal, reason, message: refusal.message, remedy, atMs: now(), comesAgain },
          request.origin,
        );
      if (!comesAgain) return 'refused';
      if (signal.aborted) return 'stopped';
      await sleep(Math.min(retryAfterSeconds * 1000, pauseMs), undefined, { signal }).catch(() => {});
    }
  }
}
