import { setImmediate as breath, setTimeout as sleep } from 'node:timers/promises';
import { refusalOf } from '../base/refusal.js';
import type { Taken } from '../receive/intake.js';
import type { ReceiveDeps } from '../receive/protocol.js';
import { labelOf } from './exposition.js';
import type { Target } from './target.js';
import type { Keep } from './target-scraper.js';
import { WriteRequest, type Row } from './write-request.js';

/** Rows of one message: a larger page goes in several, so that none holds up the process for long. */
const rowsPerMessage = 5000;

const firstWaitMs = 500;

export interface KeepDeps extends Pick<ReceiveDeps, 'intake' | 'ledger' | 'now' | 'bug'> {
  readonly workspace: string;
}

/**
 * Gives rows to the intake, as if they had come by remote write. While there is no room it tries again until the target's next scrape is due; what is
 * lost then is counted and explained, as a refused request of another sender would be.
 */
export function keepRows({ intake, ledger, now, bug, workspace }: KeepDeps): Keep {
  return async (rows, target, untilMs, signal) => {
    const job = labelOf(target.labels, 'job');
    const origin = {
      protocol: 'prometheus/scrape',
      address: labelOf(target.labels, 'instance'),
      userAgent: `job ${job}`,
    } as const;
    const take = (bytes: Uint8Array): Promise<Taken> =>
      intake({
        workspace,
        key: '',
        signal: 'metrics',
        encoding: 'remote-write-2',
        contentEncoding: 'identity',
        sent: bytes,
        bytes,
        origin,
      });

    let rejected = 0;
    let reason = '';
    for (let from = 0; from < rows.length; from += rowsPerMessage) {
      const bytes = message(rows.slice(from, from + rowsPerMessage));
      for (let waitMs = firstWaitMs; ; waitMs *= 2) {
        try {
          const taken = await take(bytes);
          rejected += taken.rejected;
          reason ||= taken.rejectedReason;
          break;
        } catch (error) {
          const refusal = refusalOf(error);
          const mayComeAgain = refusal?.facts.retryAfterSeconds !== undefined;
          if (mayComeAgain && now() + waitMs < untilMs && !signal.aborted) {
            await sleep(waitMs, undefined, { signal, ref: false }).catch(() => undefined);
            continue;
          }
          if (refusal === undefined) bug(error);
          const text = error instanceof Error ? error.message : String(error);
          rejected += Math.min(rowsPerMessage, rows.length - from);
          reason ||= text;
          ledger.refused(
            {
              signal: 'metrics',
              reason: refusal?.facts.reason ?? 'bug',
              message: `a scrape was not kept: ${text}`,
              remedy: mayComeAgain
                ? 'See why there is no room; the next scrape is tried again'
                : 'Look at what the target exposes',
              atMs: now(),
              comesAgain: false,
            },
            origin,
          );
          // The next piece of the page is offered all the same, so that it is counted if it is lost, too.
          break;
        }
      }
      await breath();
    }
    return { rejected, reason };
  };
}

function message(rows: readonly Row[]): Uint8Array {
  const request = new WriteRequest();
  for (const row of rows) request.add(row);
  return request.take();
}

/** The target's job and address as one line of a log. */
export function described({ labels }: Target): string {
  return `${labelOf(labels, 'job')}/${labelOf(labels, 'instance')}`;
}
