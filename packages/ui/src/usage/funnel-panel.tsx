import type { FunnelAnswer, UsageAnswer } from '@bellwether/model';
import { Link } from '@tanstack/react-router';
import { Fragment, type ReactNode } from 'react';
import calls from '../calls/calls.module.css';
import { formatCount, formatExact, formatPercent } from '../format.js';
import { Card } from '../parts/card.js';
import { Chip } from '../parts/chip.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { useUrlState } from '../url-state.js';
import { eventTerms } from './event-terms.js';
import { mostSteps, readSteps, suggestSteps } from './funnel-steps.js';
import { useFunnel } from './usage-query.js';
import styles from './usage.module.css';

const windows = [
  { seconds: 600, word: '10 minutes' },
  { seconds: 3600, word: '1 hour' },
  { seconds: 86_400, word: '1 day' },
  { seconds: 7 * 86_400, word: '7 days' },
  { seconds: 30 * 86_400, word: '30 days' },
] as const;
const usualWindow = 86_400;

type FunnelPanelProps = {
  readonly usage: UsageAnswer['usage'];
  /** Narrows where the steps lead. */
  readonly scope: string;
};

/** Steps that people take in their order, and how many are left at each. Steps, window and the split stand in the URL. */
export function FunnelPanel({ usage, scope }: FunnelPanelProps): ReactNode {
  const { get, set } = useUrlState();
  const chosen = readSteps(get('steps'));
  const steps = chosen.length > 0 ? chosen : suggestSteps(usage);
  const given = Number(get('window'));
  const windowSeconds = windows.find(({ seconds }) => seconds === given)?.seconds ?? usualWindow;
  const split = get('by');
  const by = split === 'plan' || split === 'tenant' ? split : undefined;
  const query = useFunnel({ steps, windowSeconds, by });
  const keep = (next: readonly string[]): void => set({ steps: next.join(',') });
  const more = usage.filter(({ name, users }) => users > 0 && !steps.includes(name) && !name.includes(','));
  return (
    <Card note="people who took the steps in this order" title="Funnel">
      <div className={styles['controls']}>
        {steps.map((step, at) => (
          <Chip key={step} onRemove={() => keep(steps.filter(one => one !== step))} removeLabel={`Remove step ${step}`}>
            {at + 1}. {step}
          </Chip>
        ))}
        {steps.length < mostSteps && more.length > 0 && (
          <select aria-label="Add a step" onChange={event => keep([...steps, event.target.value])} value="">
            <option disabled value="">
              Add a step
            </option>
            {more.map(({ name, event }) => (
              <option key={`${event} ${name}`}>{name}</option>
            ))}
          </select>
        )}
        <select
          aria-label="Within"
          onChange={event =>
            set({ window: event.target.value === String(usualWindow) ? undefined : event.target.value })
          }
          value={windowSeconds}
        >
          {windows.map(({ seconds, word }) => (
            <option key={seconds} value={seconds}>
              within {word}
            </option>
          ))}
        </select>
        <select
          aria-label="Split by"
          onChange={event => set({ by: event.target.value === '' ? undefined : event.target.value })}
          value={by ?? ''}
        >
          <option value="">all together</option>
          <option value="plan">by plan</option>
          <option value="tenant">by tenant</option>
        </select>
      </div>
      {steps.length < 2 ? (
        <Empty title="A funnel needs two steps">
          <p>Choose what people do first, and what they should do then.</p>
        </Empty>
      ) : (
        <Remote query={query} skeleton={<Skeleton rowPx={46} rows={steps.length} />}>
          {answer => <Funnel answer={answer} by={by} scope={scope} usage={usage} />}
        </Remote>
      )}
    </Card>
  );
}

type FunnelProps = FunnelPanelProps & { readonly answer: FunnelAnswer; readonly by: 'plan' | 'tenant' | undefined };

function Funnel({ answer, by, usage, scope }: FunnelProps): ReactNode {
  const events = new Map(usage.map(({ name, event }) => [name, event]));
  return (
    <>
      <ol className={styles['funnel']}>
        {answer.steps.map(({ name, users, ofFirst, ofPrevious }, at) => (
          <li key={name}>
            <span className={styles['step']}>
              <Link
                className="link"
                search={{ q: `${eventTerms(name, events.get(name) ?? name)} ${scope}`.trim() }}
                title="See its events"
                to="/logs"
              >
                {at + 1}. {name}
              </Link>
              <span className={`num ${styles['people']}`}>
                <b title={formatExact(users)}>{formatCount(users)}</b>
                {at > 0 && (
                  <span className={calls['sub']}>
                    {formatPercent(ofPrevious)} of the step before, {formatPercent(ofFirst)} of all
                  </span>
                )}
              </span>
            </span>
            <span aria-hidden="true" className={styles['track']}>
              <span style={{ width: `${(ofFirst ?? 0) * 100}%` }} />
            </span>
          </li>
        ))}
      </ol>
      {by !== undefined && <Groups answer={answer} by={by} />}
    </>
  );
}

type Group = FunnelAnswer['groups'][number];

function Groups({ answer, by }: { readonly answer: FunnelAnswer; readonly by: 'plan' | 'tenant' }): ReactNode {
  if (answer.groups.length === 0) return <Empty title={`Nobody with a ${by} took the first step`} />;
  return (
    <DataTable
      columns={splitColumns(answer, by)}
      label="Funnel apart"
      rowKey={row => row.name}
      rows={answer.groups}
      sortParam="fsort"
    />
  );
}

function splitColumns(answer: FunnelAnswer, by: 'plan' | 'tenant'): readonly Column<Group>[] {
  return [
    {
      key: 'name',
      title: by === 'plan' ? 'Plan' : 'Tenant',
      value: row => row.name,
      cell: row => (row.name === '' ? <Missing why={`Their events name no ${by}`} /> : row.name),
    },
    ...answer.steps.map(({ name }, at): Column<Group> => ({
      key: `step${at}`,
      title: `${at + 1}. ${name}`,
      right: true,
      largestFirst: true,
      value: row => row.users[at] ?? 0,
      unit: '',
      cell: row => (
        <Fragment>
          {formatCount(row.users[at])}
          {at > 0 && <span className={calls['sub']}> {formatPercent(share(row.users[at], row.users[at - 1]))}</span>}
        </Fragment>
      ),
    })),
    {
      key: 'all',
      title: 'All the way',
      right: true,
      width: '96px',
      largestFirst: true,
      value: row => share(row.users.at(-1), row.users[0]),
      unit: 'ratio',
      cell: row => formatPercent(share(row.users.at(-1), row.users[0])),
    },
  ];
}

function share(part: number | undefined, whole: number | undefined): number | null {
  return part === undefined || whole === undefined || whole === 0 ? null : part / whole;
}
