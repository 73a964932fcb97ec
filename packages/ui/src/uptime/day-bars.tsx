import type { CheckRow } from '@bellwether/model';
import type { ReactNode } from 'react';
import { formatPercent } from '../format.js';
import { isOutage } from './check-marks.js';
import styles from './uptime.module.css';

/** One bar per day, oldest left: whole when the day had an outage, so that colour is not its only sign. */
export function DayBars({
  days,
  heightPx = 22,
}: {
  readonly days: CheckRow['days'];
  readonly heightPx?: number;
}): ReactNode {
  const failedDays = days.filter(isOutage).length;
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
        const isRed = isOutage(day);
        const top = isRed ? 0 : 5;
        const excused = day === null ? 0 : Math.ceil(((20 - top) * day.maintenance) / (day.runs + day.maintenance));
        return (
          // Days have no other name than their place.
          // oxlint-disable-next-line react/no-array-index-key
          <g key={i}>
            {day !== null && <title>{dayTitle(day)}</title>}
            <rect
              data-day={isRed ? 'outage' : day === null || day.runs === 0 ? 'none' : 'fine'}
              height={20 - top}
              width={3}
              x={i * 4}
              y={top}
            />
            {excused > 0 && <rect data-day="maintenance" height={excused} width={3} x={i * 4} y={20 - excused} />}
          </g>
        );
      })}
    </svg>
  );
}

function dayTitle({ day, runs, failed, maintenance }: NonNullable<CheckRow['days'][number]>): string {
  const up = runs === 0 ? 'no runs count' : `${formatPercent(1 - failed / runs)} up, ${runs} runs`;
  return `${day}: ${up}${maintenance === 0 ? '' : `; ${maintenance} failed during maintenance`}`;
}
