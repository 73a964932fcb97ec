/* oxlint-disable jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys (WCAG 2.1.1) */
import { type ReactNode, useMemo } from 'react';
import { formatCount, formatDurationUs, formatShare } from '../format.js';
import styles from './operations-view.module.css';
import { timeByOperation } from './time-by-service.js';
import type { TraceModel } from './trace-model.js';
import { slotClass, WorkerKey } from './worker-key.js';

/** More operations than this are not listed: what is behind them took next to nothing. */
const listedAtMost = 200;

type OperationsViewProps = { readonly model: TraceModel; readonly onSelect: (span: number) => void };

/** The trace added up by operation, the one with most time of its own first. */
export function OperationsView({ model, onSelect }: OperationsViewProps): ReactNode {
  const operations = useMemo(() => timeByOperation(model.spans, model.workerOf, model.selfUs), [model]);
  const allUs = operations.reduce((sum, operation) => sum + operation.selfUs, 0);
  return (
    <section className={styles.scroller} tabIndex={0} aria-label="By operation">
      <table className={styles.table}>
        <thead>
          <tr>
            <th>Operation</th>
            <th className={styles.n}>Spans</th>
            <th className={styles.n}>Errors</th>
            <th className={styles.n}>Mean</th>
            <th className={styles.n}>Slowest</th>
            <th className={styles.n}>Total</th>
            <th className={styles.n}>Itself</th>
            <th className={styles.n}>Share of time</th>
          </tr>
        </thead>
        <tbody>
          {operations.slice(0, listedAtMost).map(operation => (
            <tr
              key={`${operation.worker} ${operation.name}`}
              className={slotClass(model.slotOf[operation.worker] ?? 1)}
            >
              <td>
                <button className={styles.name} type="button" onClick={() => onSelect(operation.first)}>
                  <WorkerKey slot={model.slotOf[operation.worker] ?? 1} />
                  <span className={styles.worker}>{model.workers[operation.worker]}</span>
                  <span>{model.trace.names[operation.name]}</span>
                </button>
              </td>
              <td className={styles.n}>{formatCount(operation.count)}</td>
              <td className={`${styles.n} ${operation.errorCount > 0 ? styles.bad : styles.quiet}`}>
                {formatCount(operation.errorCount)}
              </td>
              <td className={styles.n}>{formatDurationUs(operation.totalUs / operation.count)}</td>
              <td className={styles.n}>{formatDurationUs(operation.maxUs)}</td>
              <td className={styles.n}>{formatDurationUs(operation.totalUs)}</td>
              <td className={styles.n}>{formatDurationUs(operation.selfUs)}</td>
              <td className={styles.n}>
                {formatShare(allUs === 0 ? 0 : operation.selfUs / allUs)}
                <span className={styles.share} aria-hidden="true">
                  <i style={{ width: `${allUs === 0 ? 0 : (operation.selfUs / allUs) * 100}%` }} />
                </span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {operations.length > listedAtMost && (
        <p className={styles.quiet}>{formatCount(operations.length - listedAtMost)} more took less than these.</p>
      )}
    </section>
  );
}
