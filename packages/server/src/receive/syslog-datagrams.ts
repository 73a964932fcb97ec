import type { Part } from '../decode/parts.js';

/** A datagram, where it came from, and when. */
export interface Datagram {
  readonly bytes: Buffer;
  readonly from: string;
  readonly receivedMs: number;
}

/** Datagrams that came within this time are kept together. */
const gatherMs = 50;
const maxTogether = 1000;
/** While the log has no room, as much waits in memory. */
const maxWaitingBytes = 8 << 20;
/** Of one small datagram, for what JavaScript needs besides. */
const overheadBytes = 200;

/** Datagrams on their way to the log. Their senders can not wait: past a limit what comes is lost, and counted. */
export class SyslogDatagrams {
  readonly #keep: (datagrams: readonly Datagram[], dropped: Part | undefined) => Promise<void>;
  #waiting: Datagram[] = [];
  #waitingBytes = 0;
  #dropped = 0;
  #timer: NodeJS.Timeout | undefined;
  #keeping: Promise<void> | undefined;

  /** `keep` does not throw. */
  constructor(keep: (datagrams: readonly Datagram[], dropped: Part | undefined) => Promise<void>) {
    this.#keep = keep;
  }

  add(datagram: Datagram): void {
    const size = datagram.bytes.length + overheadBytes;
    if (this.#waitingBytes + size > maxWaitingBytes) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(datagram);
    this.#waitingBytes += size;
    if (this.#waiting.length >= maxTogether) this.#go();
    else this.#timer ??= setTimeout(() => this.#go(), gatherMs);
  }

  /** Keeps what waits. */
  async stop(): Promise<void> {
    this.#go();
    while (this.#keeping !== undefined) await this.#keeping;
  }

  #go(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#keeping !== undefined || this.#waiting.length === 0) return;
    this.#keeping = this.#keepAll().finally(() => {
      this.#keeping = undefined;
      this.#go();
    });
  }

  async #keepAll(): Promise<void> {
    const datagrams = this.#waiting.splice(0, maxTogether);
    const rejected = this.#dropped;
    this.#dropped = 0;
    const rejectedReason = 'syslog came faster over UDP than the log takes it; send it over TCP, which waits';
    await this.#keep(
      datagrams,
      rejected > 0 ? { signal: 'logs', body: new Uint8Array(), rejected, rejectedReason } : undefined,
    );
    this.#waitingBytes -= datagrams.reduce((sum, { bytes }) => sum + bytes.length + overheadBytes, 0);
  }
}
