import type { StatusAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatAgo, formatCount, formatDuration } from '../format.js';
import { StatusShape } from '../parts/status-mark.js';
import { skewedSenders } from './first-steps.js';
import styles from './home.module.css';

const shown = 5;

/** Why something was refused, and what to change where it comes from; also senders whose clock is off. */
export function RejectionList({ status }: { status: StatusAnswer }): ReactNode {
  const skewed = skewedSenders(status);
  if (status.rejections.length === 0 && skewed.length === 0) return undefined;
  return (
    <ul className={styles['rejections']}>
      {skewed.map(({ service, skewMs }) => (
        <li key={service}>
          <StatusShape status="warn" />
          <span>
            <b>{`The clock of ${service} is ${formatDuration(Math.abs(skewMs))} ${skewMs < 0 ? 'behind' : 'ahead'}`}</b>
            <span className={styles['detail']}>Its data lands at the wrong time. Set the clock by NTP.</span>
          </span>
        </li>
      ))}
      {status.rejections.slice(0, shown).map(({ at, protocol, reason, remedy, sender, count }) => (
        <li key={`${protocol} ${reason} ${sender}`}>
          <StatusShape status="crit" />
          <span>
            <b>{reason}</b>
            <span className={styles['detail']}>{remedy}</span>
          </span>
          <span className={`num ${styles['facts']}`}>
            {formatCount(count)} × {protocol}
            {sender === '' ? '' : ` from ${sender}`}, {formatAgo(at, status.nowMs)}
          </span>
        </li>
      ))}
    </ul>
  );
}
