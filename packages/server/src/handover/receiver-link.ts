import type { BlockFile, ReceiverStatus } from './messages.js';

/**
 * The receiver as the rest of the server sees it. It outlives a connection: the receiver may start later, and may come back.
 */
export interface ReceiverLink {
  /** True while a receiver is connected. */
  connected(): boolean;
  /** The newest status a receiver sent; it stays after the receiver is gone. Undefined until one came. */
  status(): ReceiverStatus | undefined;
  /**
   * Resolves when all that was acknowledged before this call can be queried. `upTo` is the receiver's position, as text.
   * Rejects with `ReceiverAway` when no receiver is connected, or when it goes away before it answers.
   */
  flush(signal: AbortSignal): Promise<{ readonly upTo: string }>;
  /**
   * Calls `listener` once with the files of every block, as it arrives. The files stay until its promise settles, at most a second.
   * What it throws is logged and stops nothing. The function returned ends it.
   */
  onBlock(listener: (files: readonly BlockFile[]) => Promise<void>): () => void;
}

/** No receiver is connected, or it went away before it answered. */
export class ReceiverAway extends Error {
  override readonly name = 'ReceiverAway';
}
