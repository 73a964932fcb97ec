import { parentPort } from 'node:worker_threads';
import { answerQuestion } from './answer-question.js';
import { ReadFailure } from './failure.js';
import type { ReadStatement, Reader } from './reader.js';
import { SampleRoom } from './sample-room.js';
import { SeriesIndex } from './series-index.js';
import type { FromWorker, ToWorker } from './worker-messages.js';

/**
 * The thread that evaluates queries, one after the other. It has no engine: rows come from the thread that started it.
 *
 * Whoever started it ends it when a query takes too long or too much memory.
 */
const port = parentPort;
if (port === null) throw new Error('this file runs as a worker thread: see worker-pool.ts');

/** Series are remembered for so many workspaces. */
const maxIndexes = 8;
/** What all of them may take of the thread's memory; queries need the rest. */
const maxIndexBytes = 192 << 20;
const indexes = new Map<string, SeriesIndex>();

interface Waiting {
  onPart(bytes: Uint8Array<ArrayBuffer>): void;
  resolve(): void;
  reject(error: Error): void;
}
const room = new SampleRoom();
const waiting = new Map<number, Waiting>();
let lastRead = 0;
/** The question that is being answered. */
let current = 0;

function tell(message: FromWorker, transfer: readonly ArrayBuffer[] = []): void {
  port?.postMessage(message, transfer);
}

function indexOf(workspace: string): SeriesIndex {
  const known = indexes.get(workspace) ?? new SeriesIndex();
  indexes.delete(workspace);
  indexes.set(workspace, known);
  const [oldest] = indexes.keys();
  if (indexes.size > maxIndexes && oldest !== undefined) indexes.delete(oldest);
  return known;
}

/** Forgets the workspaces that were asked for longest ago until the others fit. */
function forgetMore(): void {
  let bytes = [...indexes.values()].reduce((sum, index) => sum + index.bytes, 0);
  for (const [workspace, index] of indexes) {
    if (bytes <= maxIndexBytes) return;
    indexes.delete(workspace);
    bytes -= index.bytes;
  }
}

function read(
  question: number,
  statement: ReadStatement,
  asBlocks: boolean,
  onPart: (bytes: Uint8Array<ArrayBuffer>) => void,
): Promise<void> {
  // It would be read in the name of whoever asks by now.
  if (question !== current) return Promise.reject(over());
  return new Promise((resolve, reject) => {
    waiting.set(++lastRead, { onPart, resolve, reject });
    tell({ type: 'read', read: lastRead, statement, asBlocks });
  });
}

const over = (): ReadFailure => new ReadFailure('the question is over', 'canceled');

/** A question that failed may still be reading in other places: nothing comes any more, and whoever waits for it must not go on doing so. */
function end(): void {
  current = 0;
  forgetMore();
  for (const { reject } of waiting.values()) reject(over());
  waiting.clear();
}

async function answer({ id, question, limits, workspace, version }: Extract<ToWorker, { type: 'ask' }>): Promise<void> {
  const reader: Reader = {
    workspace,
    version,
    async read(statement) {
      let all = new Uint8Array(0);
      await read(id, statement, false, bytes => (all = bytes));
      return all;
    },
    readBlocks: (statement, onBlock) => read(id, statement, true, onBlock),
    numbers: count => room.take(count),
  };
  room.clear();
  current = id;
  try {
    const made = await answerQuestion(question, reader, indexOf(workspace), limits);
    end();
    tell({ type: 'answer', id, answer: made }, [made.body.buffer]);
  } catch (error) {
    end();
    tell({ type: 'failed', id, message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}

// The pool of this same installation is at the other end, and nobody else.
port.on('message', (message: ToWorker) => {
  if (message.type === 'ask') {
    void answer(message);
    return;
  }
  const waits = waiting.get(message.read);
  if (waits === undefined) return;
  try {
    if (message.type === 'rows' && message.bytes !== undefined) waits.onPart(message.bytes);
  } catch (error) {
    waiting.delete(message.read);
    waits.reject(error instanceof Error ? error : new Error(String(error)));
    return;
  }
  if (message.type === 'rows' && !message.isLast) return;
  waiting.delete(message.read);
  if (message.type === 'rows') waits.resolve();
  else waits.reject(new ReadFailure(message.message, message.errorType));
});
