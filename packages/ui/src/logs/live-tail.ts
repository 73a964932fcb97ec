import type { ApiError, LogRow, LogTailEvent } from '@bellwether/model';
import { useEffect, useRef, useState } from 'react';
import { logTailUrl } from '../api-client.js';
import { LineRing } from './line-ring.js';
import { tailGate, tailLinesPerSecond } from './tail-gate.js';

/** Older lines leave the page; the store keeps them. */
const heldLines = 5000;
/** The page changes at most ten times a second, however many lines come. */
const flushEveryMs = 100;

export type TailState = 'connecting' | 'open' | 'failed';

/** What the page draws: a look into the ring at the last flush. */
export type LiveTail = {
  readonly lines: LineRing<LogRow>;
  readonly state: TailState;
  /** Why it failed, in the server's words. */
  readonly message: string;
  /** Lines that were left out, here or on the server. */
  readonly dropped: number;
  /** Lines that have come so far. */
  readonly received: number;
};

/**
 * Lines as they arrive. The connection is closed while the page is hidden, and opened again when it is seen.
 * A new query begins with an empty ring.
 */
export function useLiveTail(query: string, env: string | undefined, isOn: boolean): LiveTail {
  const [lines] = useState(() => new LineRing<LogRow>(heldLines));
  const dropped = useRef(0);
  const [shown, setShown] = useState<Omit<LiveTail, 'lines'>>(nothingYet);

  useEffect(() => {
    if (!isOn) return undefined;
    const gate = tailGate(tailLinesPerSecond);
    lines.clear();
    dropped.current = 0;
    let source: EventSource | undefined;
    let state: TailState = 'connecting';
    let message = '';
    let changed = true;

    const onLogs = (event: MessageEvent<string>): void => {
      // The server sends what `logTailEvent` describes; see `get` in api-client.ts for why it is not checked again.
      const { logs } = JSON.parse(event.data) as LogTailEvent;
      const admitted = gate.admit(logs.length, performance.now());
      dropped.current += logs.length - admitted;
      for (let i = 0; i < admitted; i++) lines.push(logs[i]!);
      changed = true;
    };
    const onDropped = (event: MessageEvent<string>): void => {
      // As above: `{ count }`.
      const { count } = JSON.parse(event.data) as { readonly count: number };
      dropped.current += count;
      changed = true;
    };
    const open = (): void => {
      if (source !== undefined || document.hidden) return;
      source = new EventSource(logTailUrl({ q: query, env }));
      source.addEventListener('logs', onLogs);
      source.addEventListener('dropped', onDropped);
      source.addEventListener('open', () => {
        state = 'open';
        changed = true;
      });
      // Both arrive under this name: the server's own words, and the browser's word for a lost connection.
      source.addEventListener('error', event => {
        if (event instanceof MessageEvent) {
          // As above: `apiError`.
          message = (JSON.parse(String(event.data)) as ApiError).error.message;
          close();
          state = 'failed';
        } else if (source?.readyState === EventSource.CLOSED) state = 'failed';
        else state = 'connecting';
        changed = true;
      });
    };
    const close = (): void => {
      source?.close();
      source = undefined;
      state = 'connecting';
    };
    const onVisibility = (): void => (document.hidden ? close() : open());
    const flush = setInterval(() => {
      if (!changed) return;
      changed = false;
      setShown({ state, message, dropped: dropped.current, received: lines.pushed });
    }, flushEveryMs);
    document.addEventListener('visibilitychange', onVisibility);
    open();
    return () => {
      close();
      clearInterval(flush);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [query, env, isOn, lines]);

  return { lines, ...shown };
}

const nothingYet = { state: 'connecting', message: '', dropped: 0, received: 0 } as const;
