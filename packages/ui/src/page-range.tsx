import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, type ReactNode } from 'react';
import type { RangeParams } from './api-client.js';
import { openedMs } from './early/early-answers.js';
import type { Zone } from './format.js';
import { comparedInterval, readRange, resolveRange, writeRange, type Interval, type Range } from './time-range.js';
import { useUrlState, type HistoryStep } from './url-state.js';

/** The one time range of the application, as it stands in the URL, worked out to moments. */
export type PageRange = Interval & {
  readonly range: Range;
  /** The earlier period that `cmp` names. */
  readonly compared: Interval | undefined;
  readonly cmp: string | undefined;
  /** When `fromMs` and `toMs` were worked out; what "ago" is counted from. */
  readonly nowMs: number;
  readonly zone: Zone;
  readonly env: string | undefined;
  /** `from`, `to` and `env` as every question takes them. */
  readonly params: RangeParams;
  /** Seconds between refreshes; 0 is off. */
  readonly everySeconds: number;
  /** Why nothing refreshes by itself although it is switched on. */
  readonly paused: 'fixed' | 'long' | undefined;
  setRange(range: Range, how?: HistoryStep): void;
  setEverySeconds(seconds: number): void;
  /** While a page that asks for it is open it looks again at least so often, unless refreshing is switched off. Returns how to stop. */
  refreshAtLeast(seconds: number): () => void;
  /** Looks again, as of now. */
  refresh(): void;
  /** Stops the refresh until the returned function is called: while a person brushes or reads. */
  hold(): () => void;
};

const Context = createContext<PageRange | undefined>(undefined);
const storageKey = 'bellwether.refresh';
const longestRefreshedMs = 24 * 3_600_000;

function storedEverySeconds(): number {
  try {
    const stored = localStorage.getItem(storageKey);
    return stored === null ? 30 : Number(stored) || 0;
  } catch {
    return 30;
  }
}

/** Works out the range once for the whole page, so that every panel shows the same moments. */
export function PageRangeProvider({ children }: { children: ReactNode }): ReactNode {
  const { get, set } = useUrlState();
  const from = get('from');
  const to = get('to');
  const cmp = get('cmp');
  const env = get('env');
  const zone = zoneOf(get('tz'));
  const [chosenSeconds, setEvery] = useState(storedEverySeconds);
  const [wantedSeconds, setWanted] = useState(Infinity);
  const everySeconds = Math.min(chosenSeconds, wantedSeconds);
  const [nowMs, setNowMs] = useState(openedMs);
  const holds = useRef(0);

  // A new range counts from now, in the same render: nothing is asked for with the old moment.
  const asked = `${from ?? ''} ${to ?? ''}`;
  const [lastAsked, setLastAsked] = useState(asked);
  if (lastAsked !== asked) {
    setLastAsked(asked);
    setNowMs(() => Date.now());
  }

  const refresh = useCallback(() => setNowMs(Date.now()), []);
  const hold = useCallback(() => {
    holds.current += 1;
    return () => {
      holds.current -= 1;
    };
  }, []);
  const refreshAtLeast = useCallback((seconds: number) => {
    setWanted(seconds);
    return () => setWanted(Infinity);
  }, []);
  const range = useMemo(() => readRange(from, to), [from, to]);
  const { fromMs, toMs } = resolveRange(range, nowMs);
  const paused = range.kind === 'fixed' ? 'fixed' : toMs - fromMs > longestRefreshedMs ? 'long' : undefined;

  useEffect(() => {
    if (everySeconds === 0 || paused !== undefined) return undefined;
    const look = (): void => {
      if (!document.hidden && holds.current === 0) refresh();
    };
    const timer = setInterval(look, everySeconds * 1000);
    return () => clearInterval(timer);
  }, [everySeconds, paused, refresh]);

  const value = useMemo((): PageRange => {
    return {
      range,
      fromMs,
      toMs,
      compared: comparedInterval(cmp, { fromMs, toMs }),
      cmp,
      nowMs,
      zone,
      env,
      params: { from: fromMs, to: toMs, env },
      everySeconds,
      paused,
      setRange: (next, how) => set(writeRange(next), how),
      setEverySeconds: seconds => {
        setEvery(seconds);
        setWanted(Infinity);
        try {
          localStorage.setItem(storageKey, String(seconds));
        } catch {
          // Without storage the choice holds until the page is left.
        }
      },
      refreshAtLeast,
      refresh,
      hold,
    };
  }, [range, fromMs, toMs, cmp, nowMs, zone, env, everySeconds, paused, set, refreshAtLeast, refresh, hold]);

  return <Context value={value}>{children}</Context>;
}

export function usePageRange(): PageRange {
  const value = useContext(Context);
  if (value === undefined) throw new Error('usePageRange needs a PageRangeProvider above it');
  return value;
}

/** The `tz` param: `utc`, an IANA name, or undefined for the browser's zone. An unknown name is the browser's. */
function zoneOf(tz: string | undefined): Zone {
  if (tz === undefined) return undefined;
  if (tz.toLowerCase() === 'utc') return 'UTC';
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: tz }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
