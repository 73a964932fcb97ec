import type { CheckRow } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatPercent } from '../format.js';
import { outageRatio } from './check-marks.js';
import styles from './uptime.module.css';

/** One bar per day, oldest left: whole when the day had an outage, so that colour is not its only sign. */
export function DayBars({
  days,
  heightPx = 22,
}: {
  readonly days: CheckRow['days'];
  readonly heightPx?: number;
}): ReactNode {
  const failedDays = days.filter(day => day !== null && day.failed / day.runs > outageRatio).length;
  const known = days.filter(day => day !== null).length;
  const said =
    known === 0
      ? 'No runs in 90 days'
      : `${known === 1 ? '1 day' : `${known} days`} of runs, ${failedDays === 0 ? 'none' : String(failedDays)} with an outage`;
  return (
    <svg
      aria-label={said}
      className={styles['bars']}
      height={heightPx}
      preserveAspectRatio="none"
      role="img"
      viewBox={`0 0 ${days.length * 4} 20`}
    >
      {days.map((day, i) => {
        const isOutage = day !== null && day.failed / day.runs > outageRatio;
        const top = isOutage ? 0 : 5;
        return (
          // Days have no other name than their place.
          // oxlint-disable-next-line react/no-array-index-key
          <rect
            data-day={day === null ? 'none' : isOutage ? 'outage' : 'fine'}
            height={20 - top}
            key={i}
            width={3}
            x={i * 4}
            y={top}
          >
            {day !== null && (
              <title>{`${day.day}: ${formatPercent(1 - day.failed / day.runs)} up, ${day.runs} runs`}</title>
            )}
          </rect>
        );
      })}
    </svg>
  );
}
