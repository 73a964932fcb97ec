import type { ReactNode } from 'react';
import { formatDurationUs, formatShare } from '../format.js';
import { timeByService } from './time-by-service.js';
import styles from './time-by-service-bar.module.css';
import type { TraceModel } from './trace-model.js';
import { slotClass, WorkerKey } from './worker-key.js';

/** Who the trace's time went to, as one bar and the largest three in words. */
export function TimeByServiceBar({ model }: { readonly model: TraceModel }): ReactNode {
  const times = timeByService(model.workerOf, model.selfUs).filter(time => time.selfUs > 0);
  return (
    <div className={styles.box}>
      <span title="Time each worked itself, without waiting for what it called">Time by service</span>
      <div className={styles.bar} aria-hidden="true">
        {times.map(({ worker, share, selfUs }) => (
          <i
            key={worker}
            className={slotClass(model.slotOf[worker] ?? 1)}
            style={{ flexGrow: share }}
            title={`${model.workers[worker]}: ${formatDurationUs(selfUs)}, ${formatShare(share)}`}
          />
        ))}
      </div>
      <ul className={styles.legend}>
        {times.slice(0, 8).map(({ worker, share }) => (
          <li key={worker}>
            <WorkerKey slot={model.slotOf[worker] ?? 1} />
            {model.workers[worker]} {formatShare(share)}
          </li>
        ))}
      </ul>
    </div>
  );
}
