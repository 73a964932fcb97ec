/** At most so many at once; the others wait in their order. Who is aborted while waiting leaves the line. */
export function requestGate(
  most: number,
): <Result>(run: () => Promise<Result>, signal: AbortSignal) => Promise<Result> {
  let running = 0;
  const waiting: (() => void)[] = [];

  function leave(): void {
    running -= 1;
    waiting.shift()?.();
  }

  return async (run, signal) => {
    if (running >= most) {
      await new Promise<void>((resolve, reject) => {
        const enter = (): void => {
          signal.removeEventListener('abort', give);
          resolve();
        };
        const give = (): void => {
          waiting.splice(waiting.indexOf(enter), 1);
          reject(new DOMException('No longer wanted', 'AbortError'));
        };
        waiting.push(enter);
        signal.addEventListener('abort', give, { once: true });
      });
    }
    signal.throwIfAborted();
    running += 1;
    try {
      return await run();
    } finally {
      leave();
    }
  };
}
