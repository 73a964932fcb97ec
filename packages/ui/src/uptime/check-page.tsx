import type { CheckAnswer, CheckIncident, CheckRun } from '@bellwether/model';
import { useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate, useParams } from '@tanstack/react-router';
import { useState, type ReactNode } from 'react';
import { ApiFailure } from '../api-client.js';
import {
  formatAgo,
  formatCounted,
  formatDateTime,
  formatDuration,
  formatFull,
  formatPercent,
  formatRange,
  type Zone,
} from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Dialog } from '../parts/dialog.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { CheckForm } from './check-form.js';
import { kindWords, reasonWords, stateMarks } from './check-marks.js';
import { DayBars } from './day-bars.js';
import { deleteCheck, saveCheck, useCheck } from './uptime-query.js';
import styles from './uptime.module.css';

/** One check: how it stands, its last 90 days, and its runs with what went wrong. */
export function CheckPage(): ReactNode {
  const { id = '' } = useParams({ strict: false });
  const query = useCheck(id);
  if (query.error instanceof ApiFailure && query.error.status === 404)
    return (
      <Page title={id}>
        <Card title="Check">
          <Empty title="There is no such check any more">
            <Link className="link" search={{}} to="/uptime">
              All checks
            </Link>
          </Empty>
        </Card>
      </Page>
    );
  return (
    <Page
      actions={query.data === undefined ? undefined : <CheckActions answer={query.data} />}
      facts={
        query.data === undefined ? undefined : (
          <StatusMark
            look="chip"
            status={stateMarks[query.data.check.state].mark}
            word={stateMarks[query.data.check.state].word}
          />
        )
      }
      title={query.data?.check.name ?? id}
    >
      <Remote
        query={query}
        skeleton={
          <Card title="Runs">
            <Skeleton rows={10} />
          </Card>
        }
      >
        {answer => <Check answer={answer} nowMs={query.dataUpdatedAt} />}
      </Remote>
    </Page>
  );
}

function CheckActions({ answer }: { readonly answer: CheckAnswer }): ReactNode {
  const navigate = useNavigate();
  const queries = useQueryClient();
  const [dialog, setDialog] = useState<'change' | 'remove' | undefined>(undefined);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  const { check, definition } = answer;
  if (check.isFromFile) return <span className={styles['facts']}>from bellwether.yaml</span>;

  async function pause(): Promise<void> {
    setFailure(undefined);
    try {
      await saveCheck({ ...definition, isPaused: !definition.isPaused });
      await Promise.all([
        queries.invalidateQueries({ queryKey: ['checks'] }),
        queries.invalidateQueries({ queryKey: ['check', check.id] }),
      ]);
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : String(reason));
    }
  }

  async function remove(): Promise<void> {
    try {
      await deleteCheck(check.id);
      await queries.invalidateQueries({ queryKey: ['checks'] });
      await navigate({ to: '/uptime', search: {} });
    } catch (reason) {
      setFailure(reason instanceof Error ? reason.message : String(reason));
    }
  }

  return (
    <>
      {failure !== undefined && dialog === undefined && (
        <span className={styles['failure']} role="alert">
          {failure}
        </span>
      )}
      <Button onClick={() => void pause()}>{definition.isPaused ? 'Resume' : 'Pause'}</Button>
      <Button onClick={() => setDialog('change')}>Change</Button>
      <Button onClick={() => setDialog('remove')}>Remove</Button>
      {dialog === 'change' && <CheckForm before={definition} onClose={() => setDialog(undefined)} />}
      <Dialog
        onOpenChange={open => !open && setDialog(undefined)}
        open={dialog === 'remove'}
        title={`Remove ${check.name}?`}
      >
        <div className={styles['form']}>
          <p>It runs no more, and its runs and days are forgotten. Metrics and traces of its runs stay.</p>
          {failure !== undefined && (
            <p className={styles['failure']} role="alert">
              {failure}
            </p>
          )}
          <div className={styles['ways']}>
            <Button look="primary" onClick={() => void remove()}>
              Remove
            </Button>
            <Button onClick={() => setDialog(undefined)}>Cancel</Button>
          </div>
        </div>
      </Dialog>
    </>
  );
}

function Check({ answer, nowMs }: { readonly answer: CheckAnswer; readonly nowMs: number }): ReactNode {
  const { zone } = usePageRange();
  const { check, runs, heartbeatPath } = answer;
  const last = runs[0];
  return (
    <>
      <p className={styles['facts']}>
        {kindWords[check.kind]} · {check.target} · every {formatDuration(check.everySeconds * 1000)}
        {check.service !== '' && (
          <>
            {' · '}
            <Link className="link" params={{ service: check.service }} search={{}} to="/services/$service">
              {check.service}
            </Link>
          </>
        )}
      </p>
      {check.pausedBy !== null && <p className={styles['facts']}>{pauseWords[check.pausedBy]}</p>}
      {check.maintenance !== null && (
        <p className={styles['facts']}>
          {check.maintenance.fromMs <= nowMs ? 'Maintenance now: ' : 'Next maintenance: '}
          {check.maintenance.name}, {formatRange(check.maintenance.fromMs, check.maintenance.toMs, nowMs, zone)}. What
          fails then does not count.
        </p>
      )}
      {check.state === 'flapping' && (
        <p className={styles['facts']}>
          It went down and up more often within the last hour than it may; all of that is one incident.
        </p>
      )}
      {heartbeatPath !== '' && (
        <p className={styles['address']}>
          The job calls <code>{new URL(heartbeatPath, location.href).href}</code> when it is done. Whoever knows the
          address can call it.
        </p>
      )}
      <dl className={styles['numbers']}>
        <Fact
          name={sinceWords[check.state]}
          value={check.sinceMs === null ? '–' : formatAgo(check.sinceMs, nowMs, zone)}
        />
        <Fact name="30 days" value={formatPercent(check.uptime30Days)} />
        <Fact name="Last run" value={last === undefined ? '–' : formatDuration(last.durationMs)} />
        <Fact
          name="Certificate ends in"
          value={
            last === undefined || last.certificateDays === null
              ? '–'
              : formatDuration(last.certificateDays * 86_400_000)
          }
        />
      </dl>
      {last !== undefined && !last.isUp && !last.isInMaintenance && (
        <p className={styles['failure']}>
          {last.reason === null ? '' : `${reasonWords[last.reason]}: `}
          {last.message}
        </p>
      )}
      <Card title="Last 90 days">
        <div className={styles['wide']}>
          <DayBars days={check.days} heightPx={40} />
        </div>
      </Card>
      <Card note="of the last 90 days" title="Incidents">
        {answer.incidents.length === 0 ? (
          <p className={`${styles['wide']} ${styles['facts']}`}>It was not down.</p>
        ) : (
          <DataTable
            columns={incidentColumns(nowMs, zone)}
            label="Incidents"
            rowKey={incident => String(incident.fromMs)}
            rows={answer.incidents}
          />
        )}
      </Card>
      <Card note="the newest first" title="Runs">
        {runs.length === 0 ? (
          <Empty title="It has not run yet">
            <p>
              {check.kind === 'heartbeat'
                ? 'Its first run stands here when the job calls the address above.'
                : 'Its first run stands here within a minute, unless it is paused.'}
            </p>
          </Empty>
        ) : (
          <DataTable
            columns={runColumns(nowMs, zone)}
            label="Runs"
            rowKey={run => String(run.startedMs)}
            rows={runs}
            sortParam="sort"
            walks
          />
        )}
      </Card>
    </>
  );
}

const sinceWords = {
  up: 'Up since',
  down: 'Down since',
  flapping: 'Changed',
  maintenance: 'Up since',
  pending: 'Up since',
  paused: 'Up since',
} as const;

const pauseWords = {
  person: 'It is paused: it does not run, and days without runs stay empty. What it found is kept.',
  'no-sample-shop':
    'It is paused: it watches the sample shop, which does not run beside this server. It goes on with npm start, and can be removed.',
} as const;

function Fact({ name, value }: { readonly name: string; readonly value: string }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function incidentColumns(nowMs: number, zone: Zone): readonly Column<CheckIncident>[] {
  return [
    {
      key: 'from',
      title: 'From',
      width: '180px',
      value: ({ fromMs }) => fromMs,
      unit: 'time',
      cell: ({ fromMs }) => <span title={formatFull(fromMs, zone)}>{formatDateTime(fromMs, zone, nowMs)}</span>,
    },
    {
      key: 'to',
      title: 'To',
      width: '180px',
      value: ({ toMs }) => toMs,
      unit: 'time',
      cell: ({ toMs }) =>
        toMs === null ? 'still' : <span title={formatFull(toMs, zone)}>{formatDateTime(toMs, zone, nowMs)}</span>,
    },
    {
      key: 'what',
      title: 'What',
      fromPx: 600,
      cell: ({ outages, toMs }) => {
        if (outages > 1) return `It was flapping: ${formatCounted(outages, 'outage', 'outages')}`;
        return toMs === null ? 'It is down' : 'It was down';
      },
    },
    {
      key: 'down',
      title: 'Down for',
      right: true,
      width: '96px',
      value: ({ downMs }) => downMs,
      unit: 'ms',
      cell: ({ fromMs, downMs, outages }) =>
        downMs === null ? (outages === 1 ? formatDuration(nowMs - fromMs) : '') : formatDuration(downMs),
    },
  ];
}

function runColumns(nowMs: number, zone: Zone): readonly Column<CheckRun>[] {
  return [
    {
      key: 'state',
      title: 'Result',
      width: '92px',
      value: run => (run.isUp ? 1 : 0),
      cell: run => (
        <StatusMark
          status={run.isUp ? 'ok' : run.isInMaintenance ? 'muted' : 'crit'}
          word={run.isUp ? 'Up' : 'Failed'}
        />
      ),
    },
    {
      key: 'time',
      title: 'Time',
      width: '130px',
      largestFirst: true,
      value: run => run.startedMs,
      unit: 'time',
      cell: run => <span title={formatFull(run.startedMs, zone)}>{formatAgo(run.startedMs, nowMs, zone)}</span>,
    },
    {
      key: 'why',
      title: 'Why',
      cell: run =>
        run.reason === null
          ? ''
          : `${run.isInMaintenance ? 'Maintenance, ' : ''}${reasonWords[run.reason]}: ${run.message}`,
    },
    {
      key: 'status',
      title: 'HTTP',
      right: true,
      width: '64px',
      fromPx: 600,
      value: run => run.httpStatus,
      unit: '',
      cell: run => (run.httpStatus === null ? <Missing why="No HTTP answer" /> : String(run.httpStatus)),
    },
    {
      key: 'duration',
      title: 'Took',
      right: true,
      width: '84px',
      largestFirst: true,
      value: run => run.durationMs,
      unit: 'ms',
      cell: run => formatDuration(run.durationMs),
    },
    {
      key: 'trace',
      title: 'Trace',
      width: '72px',
      fromPx: 600,
      cell: run =>
        run.traceId === '' ? (
          <Missing why="A heartbeat begins no trace" />
        ) : (
          <Link className="link" params={{ traceId: run.traceId }} search={{}} to="/traces/$traceId">
            Trace
          </Link>
        ),
    },
  ];
}
