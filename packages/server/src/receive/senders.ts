import type { Sender } from '../handover/messages.js';
import type { Origin } from './ledger.js';

const maxRows = 100;

/** Who sent lately, one row per workspace, service, program and protocol. The row that was quiet longest goes first. */
export class SenderList {
  readonly #rows = new Map<string, Sender>();

  seen(
    request: {
      /** '' when it is not known. */
      readonly workspace?: string;
      readonly service: string;
      readonly items: number;
      readonly newestMs: number | undefined;
      readonly receivedMs: number;
    },
    { protocol, userAgent }: Origin,
  ): void {
    const workspace = request.workspace ?? '';
    const key = `${workspace}\n${protocol}\n${request.service}\n${userAgent}`;
    const before = this.#rows.get(key);
    this.#rows.delete(key);
    this.#rows.set(key, {
      workspace,
      service: request.service,
      userAgent,
      protocol,
      items: (before?.items ?? 0) + request.items,
      lastSeenMs: request.receivedMs,
      clockSkewMs: request.newestMs === undefined ? before?.clockSkewMs : request.newestMs - request.receivedMs,
    });
    if (this.#rows.size > maxRows) this.#rows.delete(this.#rows.keys().next().value ?? '');
  }

  newestFirst(): readonly Sender[] {
    return [...this.#rows.values()].toReversed();
  }
}
