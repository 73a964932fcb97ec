import type { ErrorEvent, ErrorEventAnswer, ErrorTag } from '@bellwether/model';
import { Link, useParams } from '@tanstack/react-router';
import { startTransition, useEffect, useMemo, useState, type ReactNode } from 'react';
import { Histogram } from '../charts/histogram.js';
import {
  formatAgo,
  formatClockMs,
  formatCount,
  formatCounted,
  formatExact,
  formatFull,
  formatShare,
  nsToMs,
  type Zone,
} from '../format.js';
import { useKeys } from '../keys.js';
import { usePageRange } from '../page-range.js';
import { Button, ButtonGroup, buttonClass } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Failure } from '../parts/failure.js';
import { isNotThere } from '../parts/is-not-there.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import { useUrlState } from '../url-state.js';
import { ActivityPanel } from './activity-panel.js';
import { ErrorActions } from './error-actions.js';
import { errorTerm } from './error-term.js';
import { errorMark, errorTitle } from './error-trend.js';
import styles from './errors.module.css';
import { useError, useErrorEvent } from './errors-query.js';
import { GroupPanel } from './group-panel.js';
import { HurtPanel } from './hurt-panel.js';
import { SimilarPanel } from './similar-panel.js';
import { StackView } from './stack-view.js';
import { SuspectPanel } from './suspect-panel.js';

/** One error: who is hurt and since when, its stack, and the events that it is made of. */
export function ErrorPage(): ReactNode {
  const { id } = useParams({ from: '/errors/$id' });
  const { get } = useUrlState();
  const query = useErrorEvent(id, get('event'));
  if (query.data !== undefined) return <Issue answer={query.data} />;
  return (
    <Page title="Error">
      {query.isError ? (
        <NoError id={id} error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Card title="Stack">
          <Skeleton rows={12} />
        </Card>
      )}
    </Page>
  );
}

function NoError({
  id,
  error,
  onRetry,
}: {
  readonly id: string;
  readonly error: Error;
  readonly onRetry: () => void;
}): ReactNode {
  const { get, set } = useUrlState();
  if (!isNotThere(error, id, 16)) return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty title="This error did not come in this range">
      <p>It may have come earlier, or in another environment, or be older than what is kept.</p>
      <div className={styles['ways']}>
        {get('event') !== undefined && <Button onClick={() => set({ event: undefined })}>Its newest event</Button>}
        <LookFurtherBack />
        <Link className="link" search={{}} to="/errors">
          All errors
        </Link>
      </div>
    </Empty>
  );
}

function Issue({ answer }: { readonly answer: ErrorEventAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { error, event, histogram } = answer;
  // What takes longest to read is asked for when the stack is in sight: the server and the browser may share a small machine.
  const [isPainted, setPainted] = useState(false);
  useEffect(() => startTransition(() => setPainted(true)), []);
  const about = useError(error.id, isPainted);
  const series = useMemo(() => [{ name: 'events', colour: 2 as const, counts: histogram.counts }], [histogram.counts]);
  const { mark, word } = errorMark(error);
  return (
    <Page
      actions={
        <>
          <Link
            className={buttonClass()}
            search={{
              error: error.id,
              q: writeTerm('service', event.service),
              signal: event.traceId === '' ? 'logs' : undefined,
            }}
            title="What those it happens to have that others lack"
            to="/difference"
          >
            What is different
          </Link>
          <ErrorActions error={error} />
        </>
      }
      facts={
        <>
          <StatusMark look="chip" status={mark} word={word} />
          {event.handled === false && <StatusMark look="chip" status="crit" word="Not handled" />}
        </>
      }
      title={errorTitle(error)}
    >
      <p className={`mono ${styles['culprit']}`}>{error.culprit}</p>
      <dl className={styles['figures']}>
        <Figure name="Events" value={formatCount(error.events)} why={formatExact(error.events)} />
        <Figure name="Users" value={error.users === 0 ? '–' : formatCount(error.users)} why="Different user.id" />
        <Figure
          name="Tenants"
          value={error.tenants === 0 ? '–' : formatCount(error.tenants)}
          why="Different tenant.id"
        />
        <Figure
          name="First seen"
          value={formatAgo(error.firstEverMs, nowMs, zone)}
          why={formatFull(error.firstEverMs, zone)}
        />
        <Figure name="Last seen" value={formatAgo(error.lastMs, nowMs, zone)} why={formatFull(error.lastMs, zone)} />
        <Figure
          name="Versions"
          value={versions(error.firstVersion, error.lastVersion)}
          why="The first and the last that it came with in this range"
        />
      </dl>
      <Card note={`${formatExact(error.events)} in this range`} title="Events">
        <Histogram
          drill={{
            ...(event.traceId === ''
              ? { traces: undefined, logs: writeTerm('service', event.service) }
              : { traces: writeTerm('service', event.service), logs: undefined }),
            error: error.id,
          }}
          heightPx={84}
          series={series}
          stepMs={histogram.stepMs}
          stepsMs={histogram.stepsMs}
          summary={`${formatExact(error.events)} events over the range, the last ${formatAgo(error.lastMs, nowMs, zone)}`}
          title="Events over time"
        />
      </Card>
      <div className={styles['columns']}>
        <div>
          <EventLine answer={answer} />
          <StackView event={event} />
          {event.breadcrumbs.length > 0 && <Breadcrumbs event={event} />}
          <Attributes event={event} />
          <Events answer={answer} />
          <ActivityPanel activity={about.data?.activity ?? []} id={error.id} key={error.id} />
        </div>
        <div>
          {!isPainted && <AboutSkeleton />}
          {isPainted && (
            <Remote query={about} skeleton={<AboutSkeleton />}>
              {all => (
                <>
                  {all.suspect !== null && <SuspectPanel suspect={all.suspect} />}
                  <HurtPanel answer={all} />
                  <Tags events={all.taggedEvents} tags={all.tags} />
                  <GroupPanel answer={all} />
                  <SimilarPanel id={error.id} />
                </>
              )}
            </Remote>
          )}
        </div>
      </div>
    </Page>
  );
}

function AboutSkeleton(): ReactNode {
  return (
    <>
      <Card title="Who is hurt">
        <Skeleton rows={8} />
      </Card>
      <Card title="Tags">
        <Skeleton rows={12} />
      </Card>
    </>
  );
}

function versions(first: string, last: string): string {
  if (first === '' && last === '') return '–';
  return first === last ? last : `${first || '?'} to ${last || '?'}`;
}

function Figure({
  name,
  value,
  why,
}: {
  readonly name: string;
  readonly value: string;
  readonly why: string;
}): ReactNode {
  return (
    <div title={why}>
      <dt>{name}</dt>
      <dd className="num">{value}</dd>
    </div>
  );
}

/** Which of its events is shown, and the way to the one before and after it. */
function EventLine({ answer }: { readonly answer: ErrorEventAnswer }): ReactNode {
  const { zone } = usePageRange();
  const { set } = useUrlState();
  const { event, events } = answer;
  const at = events.findIndex(({ id }) => id === event.id);
  const [newer, older] = [events[at - 1], at < 0 ? undefined : events[at + 1]];
  const show = (id: string | undefined): void => {
    if (id !== undefined) set({ event: id });
  };
  useKeys([
    { keys: 'j', label: 'Older event', group: 'Error', run: () => show(older?.id) },
    { keys: 'k', label: 'Newer event', group: 'Error', run: () => show(newer?.id) },
    { keys: '[', label: 'Older event', group: 'Error', run: () => show(older?.id) },
    { keys: ']', label: 'Newer event', group: 'Error', run: () => show(newer?.id) },
  ]);
  return (
    <div className={styles['event']}>
      <b className="num" title={formatFull(nsToMs(event.timeNs), zone)}>
        {formatFull(nsToMs(event.timeNs), zone)}
      </b>
      <Link params={{ service: event.service }} search={{}} to="/services/$service">
        {event.service}
      </Link>
      <span>{[event.version, event.environment].filter(text => text !== '').join(' · ')}</span>
      {event.tenantId !== '' && <span>tenant {event.tenantId}</span>}
      {event.userId !== '' && <span>user {event.userId}</span>}
      {event.traceId !== '' && (
        <Link
          className="link"
          params={{ traceId: event.traceId }}
          search={event.spanId === '' ? {} : { span: event.spanId }}
          to="/traces/$traceId"
        >
          Trace
        </Link>
      )}
      {event.traceId !== '' && (
        <Link className="link" search={{ q: `trace:${event.traceId}` }} to="/logs">
          Logs
        </Link>
      )}
      <span className={styles['steps']}>
        <ButtonGroup label="Events">
          <Button disabled={newer === undefined} onClick={() => show(newer?.id)} title="Newer event (k, ])">
            Newer
          </Button>
          <Button disabled={older === undefined} onClick={() => show(older?.id)} title="Older event (j, [)">
            Older
          </Button>
        </ButtonGroup>
      </span>
    </div>
  );
}

function Breadcrumbs({ event }: { readonly event: ErrorEvent }): ReactNode {
  const { zone } = usePageRange();
  return (
    <Card note={formatCounted(event.breadcrumbs.length, 'step', 'steps')} title="What happened before">
      <ol className={styles['crumbs']}>
        {event.breadcrumbs.map((crumb, i) => (
          // oxlint-disable-next-line react/no-array-index-key -- steps have no other name than their place
          <li key={i}>
            <span className="num">{crumb.timeMs === null ? '–' : formatClockMs(crumb.timeMs, zone)}</span>
            <span className={styles['facts']}>{crumb.category || 'default'}</span>
            <span>
              {crumb.message}
              {crumb.data !== '' && <code> {crumb.data}</code>}
            </span>
          </li>
        ))}
      </ol>
    </Card>
  );
}

function Attributes({ event }: { readonly event: ErrorEvent }): ReactNode {
  return (
    <Card note={formatExact(event.attributes.length)} title="Attributes of this event">
      {event.attributes.length === 0 ? (
        <Empty title="It has no others" />
      ) : (
        <dl className={styles['attributes']}>
          {event.attributes.map(({ key, value }) => (
            <div key={key}>
              <dt className="mono">{key}</dt>
              <dd className="mono">{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </Card>
  );
}

function Tags({ tags, events }: { readonly tags: readonly ErrorTag[]; readonly events: number }): ReactNode {
  return (
    <Card note={`of the newest ${formatCounted(events, 'event', 'events')}`} title="Tags">
      {tags.length === 0 ? (
        <Empty title="Nothing that several events have in common" />
      ) : (
        <ul className={styles['tags']}>
          {tags.map(({ key, values }) => (
            <li key={key}>
              <b className="mono">{key}</b>
              <ul>
                {values.slice(0, 4).map(({ value, count }) => (
                  <li key={value} title={`${value}: ${formatExact(count)} of ${formatExact(events)}`}>
                    <span className={styles['bar']} style={{ width: `${Math.max((count / events) * 100, 1)}%` }} />
                    <Link
                      className="link mono"
                      search={{ q: errorTerm(key, value) }}
                      title={`Errors with ${key} ${value}`}
                      to="/errors"
                    >
                      {value}
                    </Link>
                    <span className="num">{formatShare(count / events)}</span>
                  </li>
                ))}
                {values.length > 4 && <li className={styles['facts']}>and {values.length - 4} more</li>}
              </ul>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

type ListedEvent = ErrorEventAnswer['events'][number];

function eventColumns(zone: Zone): readonly Column<ListedEvent>[] {
  return [
    {
      key: 'time',
      title: 'Time',
      width: '170px',
      cell: row => <span className="num">{formatFull(nsToMs(row.timeNs), zone)}</span>,
    },
    { key: 'message', title: 'Message', cell: row => <span title={row.message}>{row.message || row.service}</span> },
  ];
}

function Events({ answer }: { readonly answer: ErrorEventAnswer }): ReactNode {
  const { zone } = usePageRange();
  const { set } = useUrlState();
  return (
    <Card note={`the newest ${formatExact(answer.events.length)}`} title="Its events">
      <div className={styles['events']}>
        <DataTable
          columns={eventColumns(zone)}
          label="Its events"
          onOpen={row => set({ event: row.id })}
          rowKey={row => row.id}
          rows={answer.events}
          selectedKey={answer.event.id}
        />
      </div>
    </Card>
  );
}
