import type { DatabaseQueryAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { formatAgo, formatCount, formatExact, formatFull, formatNumber } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { StatusMark } from '../parts/status-mark.js';
import { planChange, planSteps, type PlanStep } from './plan-steps.js';

type Plan = DatabaseQueryAnswer['plans'][number];

type ReadPlan = Plan & { readonly steps: readonly PlanStep[] | undefined };

/** Plans that were sent with slow calls, the newest first: each that does something else than the one before it, with what changed. */
export function PlanPanel({ plans }: { readonly plans: readonly Plan[] }): ReactNode {
  const read = plans.map(plan => ({ ...plan, steps: planSteps(plan.plan) }));
  const shown = read.filter((plan, i) => {
    const newer = read[i - 1];
    return newer?.steps === undefined || plan.steps === undefined || planChange(plan.steps, newer.steps) !== undefined;
  });
  return (
    <Card note={shown.length > 1 ? 'of slow calls; it changed' : 'of slow calls'} title="Plan">
      {shown.length === 0 ? (
        <Empty title="No plan was sent in this range">
          <p>
            The SDK explains slow queries of pg and mysql2 when it is started with <code>BELLWETHER_EXPLAIN=true</code>.
          </p>
        </Empty>
      ) : (
        shown.map((plan, i) => (
          <OnePlan
            before={shown[i + 1]}
            key={`${plan.timeMs} ${plan.traceId}`}
            label={i === 0 ? 'Plan' : `Plan before, ${i}`}
            plan={plan}
          />
        ))
      )}
    </Card>
  );
}

type OnePlanProps = { readonly plan: ReadPlan; readonly before: ReadPlan | undefined; readonly label: string };

function OnePlan({ plan, before, label }: OnePlanProps): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { timeMs, traceId, service, steps } = plan;
  const change = steps === undefined || before?.steps === undefined ? undefined : planChange(before.steps, steps);
  return (
    <div>
      <ul className={styles['list']}>
        <li>
          <span title={formatFull(timeMs, zone)}>
            {formatAgo(timeMs, nowMs, zone)}, {service}
          </span>
          {traceId !== '' && (
            <Link className="link" params={{ traceId }} search={{}} to="/traces/$traceId">
              Its trace
            </Link>
          )}
        </li>
        {change !== undefined && (
          <li>
            <span>
              Before: <span className="mono">{change.gone.join(', ') || 'without what is new'}</span>. Now:{' '}
              <span className="mono">{change.added.join(', ') || 'without it'}</span>.
            </span>
          </li>
        )}
      </ul>
      {steps === undefined ? (
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- long plans are scrolled by key
        <pre className={styles['code']} tabIndex={0}>
          {plan.plan}
        </pre>
      ) : (
        <DataTable columns={stepColumns} label={label} rowKey={step => String(steps.indexOf(step))} rows={steps} />
      )}
    </div>
  );
}

const stepColumns: readonly Column<PlanStep>[] = [
  {
    key: 'step',
    title: 'Step',
    cell: ({ depth, title, by }) => (
      <span className={styles['name']}>
        <span className="mono" title={title}>
          {depth > 0 && `${'\u2003'.repeat(depth - 1)}└ `}
          {title}
        </span>
        {by !== '' && (
          <span className={styles['sub']} title={by}>
            {'\u2003'.repeat(depth)}
            {by}
          </span>
        )}
      </span>
    ),
  },
  {
    key: 'sign',
    title: 'Sign',
    width: '150px',
    fromPx: 600,
    cell: ({ readsAll }) => (readsAll ? <StatusMark status="warn" word="Reads all rows" /> : ''),
  },
  {
    key: 'rows',
    title: 'Rows',
    hint: 'That the planner expects',
    right: true,
    width: '80px',
    value: ({ rows }) => rows ?? null,
    unit: '',
    cell: ({ rows }) =>
      rows === undefined ? (
        <Missing why="The plan does not say" />
      ) : (
        <span title={formatExact(rows)}>{formatCount(rows)}</span>
      ),
  },
  {
    key: 'cost',
    title: 'Cost',
    hint: 'Of the step with all that feeds it, in the planner’s own unit',
    right: true,
    width: '84px',
    value: ({ cost }) => cost ?? null,
    unit: '',
    cell: ({ cost }) => (cost === undefined ? <Missing why="The plan does not say" /> : formatNumber(cost)),
  },
];
