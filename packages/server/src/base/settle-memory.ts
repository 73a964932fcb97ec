import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

const afterMs = 5000;

/** Collects once what starting left behind: a process that then has nothing to do would keep it for hours. Costs some 30 ms, seconds after the start. */
export function settleMemory(): void {
  setTimeout(() => {
    setFlagsFromString('--expose-gc');
    const collect: unknown = runInNewContext('gc');
    if (typeof collect === 'function') collect();
    setFlagsFromString('--no-expose-gc');
  }, afterMs).unref();
}
