/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys (WCAG 2.1.1) */
import type { LogRow } from '@bellwether/model';
import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useRef } from 'react';
import { formatClockMs, formatCount, formatDurationUs, nsToMs, type Zone } from '../format.js';
import { LevelMark } from '../logs/level-mark.js';
import { Empty } from '../parts/empty.js';
import { OpenInLogs } from './span-pane.js';
import styles from './trace-logs.module.css';
import type { TraceModel } from './trace-model.js';
import { WorkerKey } from './worker-key.js';

const linePx = 24;

type TraceLogsProps = {
  readonly model: TraceModel;
  readonly logs: readonly LogRow[];
  readonly partial: boolean;
  readonly zone: Zone;
  readonly selected: number;
  readonly onSelect: (span: number) => void;
};

/** Every line that was written while the trace ran, oldest first. A click selects the span that wrote it. */
export function TraceLogs({ model, logs, partial, zone, selected, onSelect }: TraceLogsProps): ReactNode {
  const scroller = useRef<HTMLElement>(null);
  // oxlint-disable-next-line react/incompatible-library -- no compiler memoizes here
  const virtual = useVirtualizer({
    count: logs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => linePx,
    overscan: 10,
    useFlushSync: false,
  });
  if (logs.length === 0) {
    return (
      <Empty title="No log line names this trace">
        <p>Lines are tied to spans by the trace id that the logger writes. The SDK adds it to pino by itself.</p>
      </Empty>
    );
  }
  return (
    <>
      <p className={styles.bar}>
        <span>
          {formatCount(logs.length)} {logs.length === 1 ? 'line' : 'lines'}
          {partial ? ', and more' : ''}
        </span>
        <OpenInLogs trace={model} />
      </p>
      <section ref={scroller} className={styles.scroller} aria-label="Logs of the trace" tabIndex={0}>
        <div className={styles.sheet} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map(({ index, start }) => {
            const log = logs[index]!;
            const span = model.indexOfId.get(log.spanId) ?? -1;
            const slot = model.slotOf[model.trace.services.indexOf(log.service)];
            return (
              <button
                key={log.id}
                type="button"
                className={styles.line}
                style={{ transform: `translateY(${start}px)` }}
                aria-pressed={span >= 0 && span === selected}
                onClick={() => span >= 0 && onSelect(span)}
                title={log.body}
              >
                <span className={styles.at}>{formatClockMs(nsToMs(log.timeNs), zone)}</span>
                <span className={styles.since}>{formatDurationUs(sinceStartUs(model.trace.startNs, log.timeNs))}</span>
                <LevelMark level={log.level} />
                <span className={styles.service}>
                  {slot !== undefined && <WorkerKey slot={slot} />}
                  {log.service}
                </span>
                <span>{log.body === '' ? log.eventName : log.body}</span>
              </button>
            );
          })}
        </div>
      </section>
    </>
  );
}

/** Microseconds between two times in nanoseconds as decimal text. */
export function sinceStartUs(startNs: string, timeNs: string): number {
  return Number(BigInt(timeNs) - BigInt(startNs)) / 1000;
}
