import { parentPort } from 'node:worker_threads';
import { SourceReader } from './source-reader.js';
import type { SourceAnswer, SourceQuestion } from './sources.js';

// Reads sources and source maps for `Sources`, away from the application's event loop.
const reader = new SourceReader(Infinity);
parentPort?.on('message', ({ id, places }: SourceQuestion) => {
  const answer: SourceAnswer = { id, found: places.map(place => reader.read(place)) };
  parentPort?.postMessage(answer, []);
});
