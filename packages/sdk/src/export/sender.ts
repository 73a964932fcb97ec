import type { Batch } from './batch.js';
import type { LossReason } from './losses.js';
import type { Outbox } from './outbox.js';
import type { Post, PostResult } from './post.js';
import { halves } from './split-batch.js';

export interface SenderDeps {
  readonly outbox: Outbox;
  readonly post: Post;
  /** Where batches go, as people know it. */
  readonly destination: string;
  /** A line for the operator; called once per change of state, not per failure. */
  readonly say: (line: string) => void;
  /** Between 0 and 1, for jitter. */
  readonly random: () => number;
}

export interface Sender {
  /** Sends what waits, unless it already does or must wait. */
  wake(): void;
  /** Sends until nothing waits or `deadlineMs` has passed; true when nothing is left. Tries at once, even during a back-off. */
  drain(deadlineMs: number): Promise<boolean>;
  /** The batch that is on its way without an answer yet, when all its bytes have left. */
  onItsWay(): Batch | undefined;
  stop(): void;
  readonly state: { readonly sent: number; readonly refused: number; readonly failing: boolean };
}

const firstBackoffMs = 1000;
const longestBackoffMs = 30_000;
const postTimeoutMs = 10_000;
/** Reasons of refusals that are printed; a destination that thinks of a new one each time is not. */
const maxReasonsTold = 5;

/**
 * Sends batches one after the other. While the destination is away or busy it waits longer and longer (with jitter, or as long as
 * `Retry-After` says), and says so once; the outbox keeps what it can meanwhile. A refused batch is dropped: sending it again would not help.
 */
export function startSender({ outbox, post, destination, say, random }: SenderDeps): Sender {
  let sending: Promise<void> | undefined;
  let backoffMs = 0;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let draining = false;
  let onItsWay: Batch | undefined;
  const state = { sent: 0, refused: 0, failing: false };
  const told = new Set<string>();

  function tellOnce(what: string, reason: string): void {
    if (told.has(reason) || told.size >= maxReasonsTold) return;
    told.add(reason);
    say(`Bellwether: ${destination} ${what}: ${reason}. They were dropped.`);
  }

  /** A request that cannot even be made (a key with a line break in it, say) must not become an unhandled rejection of the application. */
  async function posted(batch: Batch, timeoutMs: number): Promise<PostResult> {
    try {
      return await post(batch, timeoutMs, () => {
        onItsWay = batch;
      });
    } catch (error) {
      return { result: 'unreachable', reason: error instanceof Error ? error.message : String(error) };
    }
  }

  function reached(): void {
    if (state.failing) say(`Bellwether: ${destination} takes telemetry again.`);
    state.failing = false;
    backoffMs = 0;
    outbox.setAway(false);
  }

  function refuse(batch: Batch, reason: LossReason): void {
    outbox.done(batch, reason);
    state.refused += batch.items;
  }

  /** False: what waits has to wait longer. */
  async function sendOne(batch: Batch, timeoutMs: number): Promise<boolean> {
    const answer = await posted(batch, timeoutMs);
    onItsWay = undefined;
    switch (answer.result) {
      case 'accepted': {
        const rejected = Math.min(answer.rejected ?? 0, batch.items);
        outbox.done(batch);
        outbox.lost(batch.signal, rejected, 'refused');
        state.sent += batch.items - rejected;
        state.refused += rejected;
        if (rejected > 0) tellOnce(`kept only some of the ${batch.signal}`, answer.reason ?? 'it gave no reason');
        reached();
        return true;
      }
      case 'refused':
        refuse(batch, 'refused');
        tellOnce(`refused ${batch.signal}`, answer.reason);
        return true;
      case 'too large': {
        const parts = halves(batch);
        if (parts !== undefined) outbox.replace(batch, parts);
        else {
          refuse(batch, 'too-large');
          tellOnce(`refused ${batch.signal} as too large`, answer.reason);
        }
        return true;
      }
      case 'busy':
      case 'unreachable': {
        if (!state.failing) {
          const what = answer.result === 'busy' ? `${destination} is busy` : `cannot reach ${destination}`;
          say(`Bellwether: ${what} (${answer.reason}); ${outbox.keeping}. The application is not affected.`);
        }
        state.failing = true;
        outbox.setAway(true);
        backoffMs = Math.min(Math.max(backoffMs * 2, firstBackoffMs), longestBackoffMs);
        const waitMs = answer.result === 'busy' && answer.retryAfterMs !== undefined ? answer.retryAfterMs : backoffMs;
        pauseFor(waitMs * (1 + random() * 0.3));
        return false;
      }
    }
  }

  function pauseFor(waitMs: number): void {
    clearTimeout(timer);
    timer = setTimeout(() => {
      timer = undefined;
      wake();
    }, waitMs);
    timer.unref();
  }

  async function sendAll(untilMs: number): Promise<void> {
    for (;;) {
      const batch = stopped ? undefined : await outbox.next();
      const leftMs = untilMs - performance.now();
      if (batch === undefined || stopped || leftMs <= 0) return;
      if (!(await sendOne(batch, Math.max(1, Math.min(postTimeoutMs, leftMs))))) return;
    }
  }

  function wake(): void {
    if (sending === undefined && timer === undefined && !draining && !stopped && !outbox.isEmpty) begin(Infinity);
  }

  function begin(untilMs: number): void {
    sending = sendAll(untilMs)
      // A fault of ours must not become an unhandled rejection of the application.
      .catch(() => pauseFor(longestBackoffMs))
      .finally(() => {
        sending = undefined;
      });
  }

  return {
    wake,
    state,
    onItsWay: () => onItsWay,
    async drain(deadlineMs) {
      const untilMs = performance.now() + deadlineMs;
      // Our sockets do not keep the process alive; while someone waits for them, this does.
      let alive: NodeJS.Timeout | undefined;
      const deadline = new Promise<void>(resolve => {
        alive = setTimeout(resolve, deadlineMs);
      });
      draining = true;
      try {
        await Promise.race([sending, deadline]);
        clearTimeout(timer);
        timer = undefined;
        if (sending === undefined && !outbox.isEmpty) begin(untilMs);
        await Promise.race([sending, deadline]);
      } finally {
        draining = false;
        clearTimeout(alive);
      }
      return outbox.isEmpty;
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
    },
  };
}
