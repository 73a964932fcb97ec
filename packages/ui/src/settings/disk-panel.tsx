import type { StatusAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatBytes, formatExact, formatPercent } from '../format.js';
import { Card } from '../parts/card.js';
import { StatusShape } from '../parts/status-mark.js';
import { useStorage } from './data-queries.js';
import styles from './data.module.css';

type Disk = StatusAnswer['disk'];

/** What the data takes on disk, and what goes next when there is a budget. */
export function DiskPanel({ disk }: { disk: Disk }): ReactNode {
  const rows: readonly (readonly [string, string, string])[] = [
    ['Store', formatBytes(disk.storeBytes), 'What can be queried, compressed.'],
    ['Log', formatBytes(disk.walBytes), 'What was acknowledged and is not in the store yet. It goes within seconds.'],
    ['Waiting blocks', formatBytes(disk.blocksBytes), 'Files on their way into the store.'],
    ['Free on the disk', formatBytes(disk.freeBytes), 'When it runs out, senders are asked to come again later.'],
  ];
  return (
    <Card title="Disk">
      <dl className={styles['sizes']}>
        {rows.map(([name, size, what]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="num">{size}</dd>
            <dd className={styles['what']}>{what}</dd>
          </div>
        ))}
      </dl>
      <Growth />
      <Budget budget={disk.budget} />
    </Card>
  );
}

/** What each signal takes now, and what it comes to when every day is as those until now. */
function Growth(): ReactNode {
  const { data } = useStorage();
  const signals = data?.signals.filter(({ rows }) => rows > 0) ?? [];
  if (signals.length === 0) return undefined;
  const atRetention = signals.reduce((sum, { bytesAtRetention }) => sum + bytesAtRetention, 0);
  return (
    <dl className={styles['growth']}>
      {signals.map(({ signal, bytes, bytesPerDay, retentionDays, bytesAtRetention }) => (
        <div key={signal}>
          <dt>{names[signal]}</dt>
          <dd className="num">{formatBytes(bytes)}</dd>
          <dd className={styles['what']}>
            {formatBytes(bytesPerDay)} a day: {formatBytes(bytesAtRetention)} when {retentionDays} days are kept.
          </dd>
        </div>
      ))}
      <div>
        <dt>Expected</dt>
        <dd className="num">{formatBytes(atRetention)}</dd>
        <dd className={styles['what']}>If as much comes in every day as until now.</dd>
      </div>
    </dl>
  );
}

const names = { traces: 'Traces', logs: 'Logs', metrics: 'Metrics' } as const;

function Budget({ budget }: { budget: Disk['budget'] }): ReactNode {
  if (budget === null)
    return (
      <p className={styles['note']}>
        There is no disk budget. Set <code>retention.maxDiskGiB</code> in <code>bellwether.yaml</code> so that the
        oldest data goes before the disk is full.
      </p>
    );
  const { maxBytes, usedBytes, state, oldestDay, droppedRows } = budget;
  const used = `${formatBytes(usedBytes)} of ${formatBytes(maxBytes)} (${formatPercent(usedBytes / maxBytes)})`;
  return (
    <p className={styles['note']}>
      <StatusShape status={state === 'ok' ? 'ok' : state === 'soon' ? 'warn' : 'crit'} /> The budget is used to {used}.
      {state !== 'ok' && oldestDay !== null && ` What was received on ${oldestDay} goes next.`}
      {droppedRows > 0 && ` ${formatExact(droppedRows)} rows were dropped since the server started.`}
    </p>
  );
}
