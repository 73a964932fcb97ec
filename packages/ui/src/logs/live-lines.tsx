import type { LogRow } from '@bellwether/model';
import { Pause, Play } from 'lucide-react';
import { type ReactNode, useCallback, useState } from 'react';
import { formatCount } from '../format.js';
import { useKeys } from '../keys.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { StatusMark } from '../parts/status-mark.js';
import { type LiveTail, useLiveTail } from './live-tail.js';
import { LogLines } from './log-lines.js';
import { type ListProps, useLineKeys } from './line-keys.js';
import styles from './logs-page.module.css';

/** What stands still while the reader reads: the lines of a moment, and how many had come by then. */
type Held = { readonly lines: readonly LogRow[]; readonly received: number };

/**
 * Lines as they arrive, the newest at the bottom. Scrolling up, or `p`, holds the page still while lines go on
 * arriving behind it; coming back to the bottom lets it follow again.
 */
export function LiveLines(props: ListProps): ReactNode {
  const { env, zone, nowMs } = usePageRange();
  const tail = useLiveTail(props.q, env, true);
  const [held, setHeld] = useState<Held | undefined>(undefined);
  const [paused, setPaused] = useState(false);
  const count = held?.lines.length ?? tail.lines.size;
  const lineAt = (index: number): LogRow | undefined => (held === undefined ? tail.lines.at(index) : held.lines[index]);
  const hold = useCallback(
    () =>
      setHeld(before => {
        if (before !== undefined) return before;
        const lines: LogRow[] = [];
        for (let i = 0; i < tail.lines.size; i++) lines.push(tail.lines.at(i)!);
        return { lines, received: tail.lines.pushed };
      }),
    [tail.lines],
  );
  const follow = (): void => {
    setPaused(false);
    setHeld(undefined);
  };
  const togglePause = (): void => {
    if (held === undefined) {
      setPaused(true);
      hold();
    } else follow();
  };
  const selectedIndex = indexOfLine(count, lineAt, props.selectedId);
  useLineKeys(count, lineAt, selectedIndex < 0 ? count : selectedIndex, (line, how) => {
    hold();
    props.onSelect(line, how);
  });
  useKeys([{ keys: 'p', label: 'Pause the live tail, and go on', group: 'Logs', run: togglePause }]);
  const arrived = held === undefined ? 0 : tail.received - held.received;
  return (
    <div className={styles.list}>
      <div className={styles.live}>
        <TailMark tail={tail} held={held !== undefined} />
        <Button aria-pressed={held !== undefined} onClick={togglePause} title="Pause (p)">
          {held === undefined ? <Pause aria-hidden="true" /> : <Play aria-hidden="true" />}
          {held === undefined ? 'Pause' : 'Go on'}
        </Button>
        <span>{formatCount(tail.received)} received</span>
        {tail.dropped > 0 && (
          <StatusMark status="warn" word={`${formatCount(tail.dropped)} left out: more than can be shown`} />
        )}
      </div>
      {count === 0 ? (
        <p className={styles.waiting}>{tail.message === '' ? 'Waiting for the next line.' : tail.message}</p>
      ) : (
        <LogLines
          {...props}
          count={count}
          lineAt={lineAt}
          following={held === undefined}
          nowMs={nowMs}
          onFollow={follows => {
            if (!follows) hold();
            else if (!paused && held !== undefined) follow();
          }}
          onSelect={line => {
            hold();
            props.onSelect(line);
          }}
          selectedIndex={held === undefined ? -1 : selectedIndex}
          version={tail.received}
          zone={zone}
        />
      )}
      {arrived > 0 && (
        <Button className={styles.new} look="primary" onClick={follow}>
          {formatCount(arrived)} new
        </Button>
      )}
    </div>
  );
}

function TailMark({ tail, held }: { readonly tail: LiveTail; readonly held: boolean }): ReactNode {
  if (tail.state === 'failed') return <StatusMark status="crit" word="The tail was closed" />;
  if (tail.state === 'connecting') return <StatusMark status="none" word="Connecting" />;
  return held ? <StatusMark status="muted" word="Paused" /> : <StatusMark status="ok" word="Live" />;
}

function indexOfLine(count: number, lineAt: (index: number) => LogRow | undefined, id: string | undefined): number {
  if (id === undefined) return -1;
  for (let index = count - 1; index >= 0; index--) if (lineAt(index)?.id === id) return index;
  return -1;
}
