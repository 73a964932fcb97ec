import { parentPort } from 'node:worker_threads';
import type { Answer, Question } from './translations.js';
import { translate } from './translate.js';

/** Turns OTLP bodies into what other destinations take, apart from the application's event loop. */
parentPort?.on('message', ({ id, form, signal, body, publicKey }: Question) => {
  let answer: Answer;
  try {
    const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
    answer = { id, requests: translate(form, signal, bytes, publicKey) };
  } catch (error) {
    answer = { id, failed: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer, []);
});
