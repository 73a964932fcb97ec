import { parentPort } from 'node:worker_threads';
import type { Answer, Question } from './translations.js';
import { translate } from './translate.js';

/** Turns OTLP bodies into what other destinations take, apart from the application's event loop. */
parentPort?.on('message', ({ id, form, signal, body }: Question) => {
  let answer: Answer;
  try {
    answer = { id, requests: translate(form, signal, Buffer.from(body.buffer, body.byteOffset, body.byteLength)) };
  } catch (error) {
    answer = { id, failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer, []);
});
