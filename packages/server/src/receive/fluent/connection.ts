import { randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { BadInput } from '../../base/bad-input.js';
import { ByteFifo } from '../../base/byte-fifo.js';
import { tooLarge, unpack } from '../../base/inflate.js';
import { refusalOf, tooBusy } from '../../base/refusal.js';
import { fluentParts, type TaggedEvents } from '../../decode/fluent/fluent-logs.js';
import { readEntries, readForwardMessage, type ForwardMessage } from '../../decode/fluent/forward-message.js';
import { ack, helo, isKnown, pong, readPing, refusingPong } from '../../decode/fluent/handshake.js';
import { MsgpackScanner } from '../../decode/msgpack.js';
import { keepUntilKept } from '../keep-until-kept.js';
import { isTls } from '../listen-http.js';
import { chunksOf } from '../listen-tcp.js';
import type { ReceiveDeps } from '../protocol.js';
import { noForward, refuseFluent, tls, wrongKey } from './refuse.js';

/** A sender that stops in the middle of a message, does not say that it knows the shared key, or does not read its answers is not waited for longer. */
const pauseInMessageMs = 60_000;
/** A connection does not wait longer for memory that others hold. */
const waitForRoomMs = 30_000;

/** As what we greet. Not the host’s name: clients on the same host would take us for themselves. */
const ownName = 'bellwether';

type Next = 'go on' | 'close';

/** One sender's connection. */
export class FluentConnection {
  readonly #socket: Socket;
  readonly #deps: ReceiveDeps;
  readonly #signal: AbortSignal;
  readonly #from: string;
  readonly #waiting = new ByteFifo();
  readonly #nonce = randomBytes(16).toString('hex');
  /** Looks for the end of the message at the front of `#waiting`. */
  #scanner = new MsgpackScanner();
  /** Without a shared key everybody is. */
  #isKnown: boolean;

  constructor(socket: Socket, deps: ReceiveDeps, signal: AbortSignal) {
    this.#socket = socket;
    this.#deps = deps;
    this.#signal = signal;
    this.#from = socket.remoteAddress ?? '';
    this.#isKnown = deps.fluentSharedKey === undefined;
    socket.on('timeout', () => socket.destroy());
  }

  /** Until the sender ends, sends what can not be read, or the receiver stops. */
  async serve(): Promise<void> {
    if (!this.#isKnown) {
      this.#socket.write(helo(this.#nonce));
      this.#socket.setTimeout(pauseInMessageMs);
    }
    try {
      for await (const chunk of chunksOf(this.#socket, this.#signal)) {
        this.#socket.setTimeout(0);
        await this.#takeRoom(chunk.length);
        this.#waiting.append(chunk);
        if ((await this.#takeWaiting()) === 'close') return;
        this.#socket.setTimeout(this.#waiting.length > 0 || !this.#isKnown ? pauseInMessageMs : 0);
      }
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === undefined) throw error;
      refuseFluent(refusal, this.#from, this.#deps);
    } finally {
      this.#deps.limits.budget.give(this.#waiting.length);
    }
  }

  async #takeWaiting(): Promise<Next> {
    const { bytes } = this.#waiting;
    const { maxBodyBytes, budget } = this.#deps.limits;
    const { messages, end, broken } = this.#completeMessages(bytes);
    // What came before the part that can not be read is kept.
    const next = await this.#takeMessages(messages);
    if (broken !== undefined) throw broken;
    if (bytes.length - end > maxBodyBytes) throw tooLarge(maxBodyBytes, 'as sent');
    this.#waiting.drop(end);
    budget.give(end);
    if (end > 0) this.#scanner = new MsgpackScanner();
    return next;
  }

  /** The messages that are there, where the last of them ends, and what is wrong with what comes then. */
  #completeMessages(bytes: Buffer): { messages: readonly Buffer[]; end: number; broken: unknown } {
    const messages: Buffer[] = [];
    let at = 0;
    try {
      while (at < bytes.length) {
        refuseOthers(bytes, at);
        const end = this.#scanner.endOfNext(bytes);
        if (end === undefined) break;
        messages.push(bytes.subarray(at, end));
        at = end;
        this.#scanner = new MsgpackScanner(at);
      }
    } catch (broken) {
      return { messages, end: at, broken };
    }
    return { messages, end: at, broken: undefined };
  }

  async #takeMessages(messages: readonly Buffer[]): Promise<Next> {
    // What nobody asked an answer for is kept together.
    let plain: TaggedEvents[] = [];
    const keepPlain = async (): Promise<Next> => {
      const events = plain;
      plain = [];
      return events.length === 0 || (await this.#keep(events)) !== 'stopped' ? 'go on' : 'close';
    };
    try {
      for (const message of messages) {
        if (!this.#isKnown) {
          if (this.#greet(message) === 'close') return 'close';
          continue;
        }
        const forward = readForwardMessage(message);
        if (forward.chunk === undefined && forward.compressed === 'no') {
          plain.push(eventsOf(forward, forward.entries));
          continue;
        }
        if ((await keepPlain()) === 'close' || (await this.#takeByItself(forward, message)) === 'close') return 'close';
      }
    } finally {
      // Also when a message behind them can not be read.
      await keepPlain();
    }
    return this.#signal.aborted ? 'close' : 'go on';
  }

  /** A message that is acknowledged, or that is larger than it looks. */
  async #takeByItself(forward: ForwardMessage, message: Buffer): Promise<Next> {
    const { budget } = this.#deps.limits;
    let held = 0;
    try {
      let { entries } = forward;
      if (forward.compressed === 'gzip') {
        entries = await this.#unpack(entries);
        await this.#takeRoom(entries.length);
        held = entries.length;
      }
      const kept = await this.#keep([eventsOf(forward, entries)], forward.chunk === undefined ? undefined : message);
      if (kept === 'stopped') return 'close';
      if (kept === 'kept' && forward.chunk !== undefined) await this.#say(ack(forward.chunk));
      return 'go on';
    } finally {
      budget.give(held);
    }
  }

  async #unpack(packed: Uint8Array): Promise<Uint8Array> {
    const { maxBodyBytes, unpacking } = this.#deps.limits;
    try {
      return await unpack(packed, 'gzip', maxBodyBytes, unpacking);
    } catch (error) {
      if (error instanceof BadInput) throw new BadInput('the entries are not gzip, although the option says so');
      throw error;
    }
  }

  #keep(events: readonly TaggedEvents[], asSent?: Buffer): Promise<'kept' | 'refused' | 'stopped'> {
    const { keyless } = this.#deps;
    const origin = { protocol: 'fluent', address: this.#from, userAgent: '' } as const;
    const parts = fluentParts(events);
    const request = { workspace: keyless.workspace, key: '', parts, origin, ...(asSent && { asSent }) };
    return keepUntilKept(this.#deps, request, this.#signal);
  }

  /** The sender shows that it knows the key, and we do. */
  #greet(message: Buffer): Next {
    const key = this.#deps.fluentSharedKey?.reveal() ?? '';
    const ping = readPing(message);
    this.#isKnown = isKnown(ping, this.#nonce, key);
    if (this.#isKnown) {
      this.#socket.write(pong(ping, ownName, this.#nonce, key));
      return 'go on';
    }
    this.#socket.write(refusingPong('shared_key mismatch'));
    refuseFluent(wrongKey, this.#from, this.#deps);
    return 'close';
  }

  /** A sender that does not read its answers is waited for, and at last given up: it holds memory that others need. */
  async #say(answer: Buffer): Promise<void> {
    const socket = this.#socket;
    const signal = this.#signal;
    if (socket.destroyed || socket.write(answer)) return;
    socket.setTimeout(pauseInMessageMs);
    await new Promise<void>(resolve => {
      const done = (): void => {
        socket.off('drain', done).off('close', done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
      signal.addEventListener('abort', done);
    });
  }

  /** Takes bytes from the budget, when there are enough in it. */
  async #takeRoom(bytes: number): Promise<void> {
    const { budget } = this.#deps.limits;
    for (let waitedMs = 0; !budget.tryTake(bytes); waitedMs += 100) {
      if (waitedMs >= waitForRoomMs || this.#signal.aborted)
        throw tooBusy('too many bytes are being received at this moment', 'busy');
      await sleep(100, undefined, { signal: this.#signal }).catch(() => {});
    }
  }
}

/** A message is an array; what begins with another byte is another protocol. */
function refuseOthers(bytes: Buffer, at: number): void {
  if (isTls(bytes.subarray(at, at + 2))) throw tls;
  const first = bytes[at] ?? 0;
  if ((first & 0xf0) !== 0x90 && first !== 0xdc && first !== 0xdd) throw noForward;
}

function eventsOf({ tag, isLogs }: ForwardMessage, entries: Uint8Array): TaggedEvents {
  if (isLogs) return { tag, ...readEntries(entries) };
  const rejectedReason =
    'Fluent Bit’s metrics and traces are not taken over the forward protocol; use its opentelemetry output';
  return { tag, events: [], rejected: 1, rejectedReason };
}
