import type { ServerResponse } from 'node:http';
import type { LogRow } from '@bellwether/model';
import type { FastifyBaseLogger } from 'fastify';
import type { BlockFile } from '../handover/messages.js';
import type { ReceiverLink } from '../handover/receiver-link.js';
import type { Asker } from '../query/asker.js';
import { type TailQuestion, tailBlock } from '../query/log-tail.js';
import { apiFailure } from './api-failure.js';

const maxLinesPerSecond = 2000;
const heartbeatMs = 15_000;
/** Beyond this the reader is slower than the lines come: they are counted, not kept. */
const maxUnreadBytes = 4 * 1_048_576;

/**
 * Writes matching lines as server-sent events while they arrive, until the client goes away.
 *
 * A reader that does not keep up loses lines and is told how many; it never holds up the insert or fills the memory.
 */
export function streamLogTail(
  response: ServerResponse,
  asker: Asker,
  receiver: ReceiverLink,
  question: TailQuestion,
  { requestId, log }: { readonly requestId: string; readonly log: FastifyBaseLogger },
): void {
  let dropped = 0;
  const secondStarts = { atMs: 0, lines: 0 };

  const write = (text: string): void => {
    // Blocks and the heartbeat may still come while the end is on its way to a slow reader.
    if (!response.writableEnded) response.write(text);
  };
  const send = (event: string, data: unknown): void => {
    write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
  };
  const tellDropped = (): void => {
    if (dropped === 0 || isBehind()) return;
    send('dropped', { count: dropped });
    dropped = 0;
  };
  const isBehind = (): boolean => response.writableLength > maxUnreadBytes;

  const show = (logs: readonly LogRow[]): void => {
    if (logs.length === 0) return;
    if (isBehind()) dropped += logs.length;
    else send('logs', { logs });
  };

  /** How many lines may still be sent in this second. */
  const allowance = (): number => {
    const nowMs = Date.now();
    if (nowMs - secondStarts.atMs >= 1000) Object.assign(secondStarts, { atMs: nowMs, lines: 0 });
    return maxLinesPerSecond - secondStarts.lines;
  };

  const onBlock = async (files: readonly BlockFile[]): Promise<void> => {
    if (asker.signal.aborted) return;
    try {
      const { logs, leftOut } = await tailBlock(asker, files, question, Math.max(allowance(), 1));
      secondStarts.lines += logs.length;
      dropped += leftOut;
      show(logs);
      tellDropped();
    } catch (error) {
      if (asker.signal.aborted || response.writableEnded) return;
      const failure = apiFailure(error, requestId);
      if (failure.isOurs) log.error({ err: error, requestId }, 'a log tail failed');
      send('error', failure.body);
      unsubscribe();
      response.end();
    }
  };

  response.writeHead(200, {
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    'x-accel-buffering': 'no',
    'x-content-type-options': 'nosniff',
    'x-request-id': requestId,
  });
  write(': the tail begins\n\n');
  const unsubscribe = receiver.onBlock(onBlock);
  const heartbeat = setInterval(() => {
    tellDropped();
    write(': still here\n\n');
  }, heartbeatMs);
  response.once('close', () => {
    clearInterval(heartbeat);
    unsubscribe();
  });
}
