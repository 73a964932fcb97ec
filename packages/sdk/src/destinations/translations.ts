import { Worker } from 'node:worker_threads';
import type { Signal } from '../export/batch.js';
import type { Form } from './destination.js';
import type { Translated } from './translate.js';

export interface Question {
  readonly id: number;
  readonly form: Exclude<Form, 'otlp'>;
  readonly signal: Signal;
  readonly body: Uint8Array;
  readonly publicKey: string | undefined;
}

export type Answer =
  | { readonly id: number; readonly requests: readonly Translated[] }
  | { readonly id: number; readonly failed: string };

interface Asked {
  readonly resolve: (requests: readonly Translated[]) => void;
  readonly reject: (error: Error) => void;
}

/** The thread that translates, started when the first batch is to be translated. It keeps no process alive. */
export class Translations {
  readonly #form: Exclude<Form, 'otlp'>;
  readonly #publicKey: string | undefined;
  #worker: Worker | undefined;
  readonly #asked = new Map<number, Asked>();
  #count = 0;

  constructor(form: Exclude<Form, 'otlp'>, publicKey?: string) {
    this.#form = form;
    this.#publicKey = publicKey;
  }

  translate(signal: Signal, body: Buffer): Promise<readonly Translated[]> {
    const id = this.#count++;
    // A copy of what was written and no more: behind it a body has room to spare.
    const copy = Uint8Array.prototype.slice.call(body);
    const question: Question = { id, form: this.#form, signal, body: copy, publicKey: this.#publicKey };
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject });
      (this.#worker ??= this.#start()).postMessage(question, []);
    });
  }

  close(): void {
    void this.#worker?.terminate();
    this.#worker = undefined;
    this.#failAll(new Error('the SDK was stopped'));
  }

  #start(): Worker {
    const worker = new Worker(new URL('./translation-worker.js', import.meta.url), { execArgv: [], env: {} });
    worker.on('message', (answer: Answer) => {
      const asked = this.#asked.get(answer.id);
      this.#asked.delete(answer.id);
      if ('failed' in answer) asked?.reject(new Error(answer.failed));
      else asked?.resolve(answer.requests);
    });
    worker.on('error', error => {
      this.#worker = undefined;
      this.#failAll(error instanceof Error ? error : new Error(String(error)));
    });
    // After the listeners, which would hold the process again.
    worker.unref();
    return worker;
  }

  #failAll(error: Error): void {
    for (const asked of this.#asked.values()) asked.reject(error);
    this.#asked.clear();
  }
}
