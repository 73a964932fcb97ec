import { parentPort } from 'node:worker_threads';
import { answerQuestion } from './answer-question.js';
import { ReadFailure } from './failure.js';
import type { ReadStatement, Reader } from './reader.js';
import type { SampleMemory } from './remembered-samples.js';
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

type Told = Extract<ToWorker, { type: 'held' | 'histograms' }>;
const asking = new Map<number, { resolve(told: Told): void; reject(error: Error): void }>();

/** Ids of kept series and where they stand, by entry. */
const placesOf = new Map<number, { readonly ids: BigUint64Array; readonly places: ReadonlyMap<bigint, number> }>();
const maxPlaces = 500;
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
  for (const { reject } of asking.values()) reject(over());
  waiting.clear();
  asking.clear();
}

function isOf<Type extends Told['type']>(one: Told, type: Type): one is Extract<Told, { type: Type }> {
  return one.type === type;
}

/** Asks for what the other end knows. */
function told<Type extends Told['type']>(
  question: number,
  type: Type,
  message: (read: number) => FromWorker,
): Promise<Extract<Told, { type: Type }>> {
  if (question !== current) return Promise.reject(over());
  return new Promise((resolve, reject) => {
    const number = ++lastRead;
    asking.set(number, {
      resolve: one => (isOf(one, type) ? resolve(one) : reject(new Error(`asked for ${type}, told ${one.type}`))),
      reject,
    });
    tell(message(number));
  });
}

/** What is kept, as one question sees it. */
function memoryOf(question: number): SampleMemory {
  const say = (message: FromWorker): void => {
    if (question === current) tell(message);
  };
  return {
    hold: async wanted => (await told(question, 'held', read => ({ type: 'hold', read, wanted }))).held,
    publish: (entry, samples) => say({ type: 'publish', entry, samples }),
    release: entry => say({ type: 'release', entry }),
    places(entry, ids) {
      const known = placesOf.get(entry);
      if (known !== undefined && sameIds(known.ids, ids)) return known.places;
      const places = new Map<bigint, number>();
      for (let place = 0; place < ids.length; place++) places.set(ids[place]!, place);
      if (placesOf.size >= maxPlaces) placesOf.clear();
      placesOf.set(entry, { ids, places });
      return places;
    },
    histograms: metric => told(question, 'histograms', read => ({ type: 'askHistograms', read, metric })),
    plain: (metric, writes) => say({ type: 'plain', metric, writes }),
  };
}

function sameIds(a: BigUint64Array, b: BigUint64Array): boolean {
  if (a.length !== b.length) return false;
  // As halves: whole ids would be objects.
  const first = new Uint32Array(a.buffer, a.byteOffset, a.length * 2);
  const second = new Uint32Array(b.buffer, b.byteOffset, b.length * 2);
  for (let at = 0; at < first.length; at++) if (first[at] !== second[at]) return false;
  return true;
}

async function answer({
  id,
  question,
  limits,
  workspace,
  version,
  hasMemory,
}: Extract<ToWorker, { type: 'ask' }>): Promise<void> {
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
    memory: hasMemory ? memoryOf(id) : undefined,
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
  if (message.type === 'dropped') {
    placesOf.delete(message.entry);
    return;
  }
  if (message.type === 'held' || message.type === 'histograms') {
    asking.get(message.read)?.resolve(message);
    asking.delete(message.read);
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
