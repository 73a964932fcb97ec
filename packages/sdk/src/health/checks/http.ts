import type { Check, CheckOptions } from '../check.js';

export interface HttpCheckOptions extends CheckOptions {
  /** Statuses that are well; below 400 unless told otherwise. */
  readonly expect?: (status: number) => boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Another service answers. Not for its own `/health`: two services that ask each other go down together. */
export function httpCheck(url: string | URL, { expect, headers, ...options }: HttpCheckOptions = {}): Check {
  const isWell = expect ?? (status => status < 400);
  return {
    ...options,
    async run(signal) {
      const answer = await fetch(url, { signal, headers: { ...headers }, redirect: 'manual' });
      await answer.body?.cancel();
      if (!isWell(answer.status)) throw new Error(`it answered ${answer.status}`);
    },
  };
}
