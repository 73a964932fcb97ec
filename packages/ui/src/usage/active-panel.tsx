import type { ActiveUsersAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import { Figure, Figures } from '../calls/figure.js';
import { TimeChart } from '../charts/time-chart.js';
import { formatCount, formatCounted, formatExact, formatShare, formatWhole } from '../format.js';

const dayMs = 86_400_000;

type ActivePanelProps = {
  readonly answer: ActiveUsersAnswer;
  readonly counts: 'users' | 'tenants';
  /** Finds the events that were counted. */
  readonly logs: string;
};

/** Who was active: of a day, of 7 and of 30, now and over the last 30 days. */
export function ActivePanel({ answer, counts, logs }: ActivePanelProps): ReactNode {
  const { daily, weekly, monthly, stickiness, days } = answer;
  const [one, many] = counts === 'users' ? ['person', 'people'] : ['tenant', 'tenants'];
  return (
    <>
      <Figures>
        <Figure name="Last 24 hours" value={formatCount(daily)} why={`${formatExact(daily)} ${many} did something`} />
        <Figure name="Last 7 days" value={formatCount(weekly)} why={`${formatExact(weekly)} ${many} did something`} />
        <Figure
          name="Last 30 days"
          value={formatCount(monthly)}
          why={`${formatExact(monthly)} ${many} did something`}
        />
        <Figure
          name="Daily of monthly"
          value={formatShare(stickiness)}
          why="How many of those of 30 days were active in the last 24 hours"
        />
      </Figures>
      <div>
        <TimeChart
          axis={formatWhole}
          drill={{ traces: undefined, logs }}
          empty={monthly === 0 ? `No event of these 30 days names a ${one}.` : undefined}
          format={value => formatCounted(value, one, many)}
          headline={{ value: formatCount(daily), unit: `${daily === 1 ? one : many} in 24 hours` }}
          lastIncomplete={false}
          series={[
            { name: 'Day', colour: 1, values: days.map(day => day.daily) },
            { name: '7 days', colour: 2, values: days.map(day => day.weekly) },
            { name: '30 days', colour: 3, values: days.map(day => day.monthly) },
          ]}
          stepMs={dayMs}
          stepsMs={days.map(({ atMs }) => atMs - dayMs)}
          summary={`${formatCounted(daily, one, many)} active in 24 hours, ${formatCount(weekly)} in 7 days, ${formatCount(monthly)} in 30 days`}
          title={counts === 'users' ? 'Active people' : 'Active tenants'}
        />
      </div>
    </>
  );
}
