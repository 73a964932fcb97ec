import type { CallSample, CallerRow, DatabaseQueryAnswer } from '@bellwether/model';
import { Link, useParams } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { ApiFailure } from '../api-client.js';
import { ShareBar } from '../calls/call-columns.js';
import styles from '../calls/calls.module.css';
import { Figure, Figures } from '../calls/figure.js';
import { Heatmap } from '../charts/heatmap.js';
import { TimeChart } from '../charts/time-chart.js';
import { comparedName } from '../compared-name.js';
import {
  formatAgo,
  formatChange,
  formatCount,
  formatCounted,
  formatDuration,
  formatExact,
  formatFull,
  formatNumber,
  formatPercent,
  formatRate,
  rateParts,
  type Zone,
} from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Failure } from '../parts/failure.js';
import { Missing } from '../parts/missing.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { Skeleton, SkeletonBlock } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { writeTerm } from '../search/write-term.js';
import { useDatabaseQuery } from './database-queries.js';
import { databaseTitle, queryTerms } from './database-names.js';
import { FindingPanel } from './finding-panel.js';
import { PlanPanel } from './plan-panel.js';

/** One query: its course, its text, who sends it from which line, its plans and samples. */
export function QueryPage(): ReactNode {
  const { name, hash } = useParams({ from: '/databases/$name/queries/$hash' });
  const query = useDatabaseQuery(name, hash);
  if (query.isError && query.data === undefined) {
    return (
      <Page title="Query">
        {query.error instanceof ApiFailure && query.error.status === 404 ? (
          <NoQuery database={name} />
        ) : (
          <Failure error={query.error} onRetry={() => void query.refetch()} />
        )}
      </Page>
    );
  }
  return (
    <Page
      facts={query.data !== undefined && <span className={styles['sub']}>{databaseTitle(query.data)}</span>}
      title={query.data?.summary ?? 'Query'}
    >
      <Remote query={query} skeleton={<QuerySkeleton />}>
        {answer => <Query answer={answer} />}
      </Remote>
    </Page>
  );
}

function NoQuery({ database }: { readonly database: string }): ReactNode {
  return (
    <Empty title="This query was not sent in this range">
      <p>It may have been sent earlier, or in another environment.</p>
      <div className={styles['ways']}>
        <LookFurtherBack />
        <Link className="link" search={{ db: database }} to="/databases">
          Queries of this database
        </Link>
      </div>
    </Empty>
  );
}

function QuerySkeleton(): ReactNode {
  return (
    <>
      <div className={styles['three']}>
        {['Calls', 'Duration', 'Durations'].map(title => (
          <Card key={title} title={title}>
            <SkeletonBlock heightPx={164} />
          </Card>
        ))}
      </div>
      <Card title="Text">
        <Skeleton rows={6} />
      </Card>
    </>
  );
}

type AnswerProps = { readonly answer: DatabaseQueryAnswer };

function Query({ answer }: AnswerProps): ReactNode {
  return (
    <>
      <Totals answer={answer} />
      <Charts answer={answer} />
      <div className={styles['two']}>
        <Texts answer={answer} />
        <Callers answer={answer} />
      </div>
      <div className={styles['two']}>
        <Samples answer={answer} />
        <Places answer={answer} />
      </div>
      <FindingPanel answer={answer} />
      <PlanPanel plans={answer.plans} />
    </>
  );
}

/** How a figure changed; nothing without an earlier one. */
function note(now: number | null, before: number | null | undefined): { readonly note?: string } {
  if (now === null || before === null || before === undefined || before === 0) return {};
  return { note: formatChange(now / before - 1) };
}

function Totals({ answer }: AnswerProps): ReactNode {
  const beforeName = comparedName(usePageRange());
  const { totals, totalsBefore } = answer;
  const against = beforeName === undefined ? '' : `; against ${beforeName}`;
  return (
    <Figures>
      <Figure
        {...note(totals.callsPerSecond, totalsBefore?.callsPerSecond)}
        name="Calls"
        value={
          <Link search={{ q: queryTerms(answer) }} title="See their traces" to="/traces">
            {formatRate(totals.callsPerSecond)}
          </Link>
        }
        why={`${formatExact(totals.calls)} in this range${against}`}
      />
      <Figure
        {...note(totals.meanMs, totalsBefore?.meanMs)}
        name="Mean"
        value={formatDuration(totals.meanMs)}
        why={`Time from sending it to its whole result${against}`}
      />
      <Figure
        {...note(totals.p95Ms, totalsBefore?.p95Ms)}
        name="p95"
        value={
          <Link search={{ q: queryTerms(answer), sort: 'slowest' }} title="See the slowest traces" to="/traces">
            {formatDuration(totals.p95Ms)}
          </Link>
        }
        why={`19 of 20 took at most this long${against}`}
      />
      <Figure
        name="Errors"
        value={
          <Link search={{ q: `${queryTerms(answer)} status:error` }} title="See those that failed" to="/traces">
            {formatPercent(totals.errorRatio)}
          </Link>
        }
        why={`${formatExact(totals.errors)} failed`}
      />
      <Figure
        {...note(totals.busy, totalsBefore?.busy)}
        name="Load"
        value={`${formatDuration(totals.busy * 1000)}/s`}
        why={`The time it took per second: 1 s/s is one call in work all the time${against}`}
      />
      <Figure
        name="Services"
        value={answer.services.slice(0, 3).map(({ service }, at) => (
          <span key={service}>
            {at > 0 && ', '}
            <Link params={{ service }} search={{}} to="/services/$service">
              {service}
            </Link>
          </span>
        ))}
        why={answer.services.map(({ service, calls }) => `${service}: ${formatCount(calls)}`).join(', ')}
      />
    </Figures>
  );
}

function Charts({ answer }: AnswerProps): ReactNode {
  const beforeName = comparedName(usePageRange());
  const { now, before, totals } = answer;
  const q = queryTerms(answer);
  const shared = {
    stepsMs: answer.stepsMs,
    stepMs: answer.stepMs,
    lastIncomplete: answer.lastStepIncomplete,
    drill: { traces: q, logs: undefined },
    empty: undefined,
  };
  const earlier = (name: string, values: readonly (number | null)[] | undefined) =>
    values === undefined || beforeName === undefined
      ? undefined
      : { name: beforeName, series: [{ name, colour: 'prev' as const, values }] };
  return (
    <div className={styles['three']}>
      <TimeChart
        {...shared}
        axis={value => formatNumber(value)}
        before={earlier('calls', before?.rate)}
        filled
        format={formatRate}
        headline={rateParts(totals.callsPerSecond)}
        series={[{ name: 'calls', colour: 1, values: now.rate }]}
        summary={`${formatRate(totals.callsPerSecond)} calls in this range`}
        title="Calls"
      />
      <TimeChart
        {...shared}
        axis={formatDuration}
        before={earlier('p95', before?.p95Ms)}
        format={formatDuration}
        headline={{ value: formatDuration(totals.p95Ms), unit: 'p95' }}
        series={[
          { name: 'p99', colour: 4, values: now.p99Ms },
          { name: 'p95', colour: 2, values: now.p95Ms },
          { name: 'mean', colour: 1, values: now.meanMs },
        ]}
        summary={`19 of 20 calls took at most ${formatDuration(totals.p95Ms)}, on the average ${formatDuration(totals.meanMs)}`}
        title="Duration"
      />
      <Heatmap
        bucketLowMs={answer.heatmap.bucketLowMs}
        counts={answer.heatmap.counts}
        empty={undefined}
        markers={[]}
        noun="call"
        stepMs={answer.stepMs}
        stepsMs={answer.stepsMs}
        summary={`Durations of ${formatCount(totals.calls)} calls; half took at most ${formatDuration(totals.p50Ms)}`}
        title="Durations"
        traces={q}
      />
    </div>
  );
}

/** How many calls a panel is made of. */
function lookedAt({ looked, totals }: DatabaseQueryAnswer): string {
  return looked.calls >= totals.calls
    ? `of all ${formatCounted(looked.calls, 'call', 'calls')}`
    : `of the newest ${formatCounted(looked.calls, 'call', 'calls')}`;
}

function Texts({ answer }: AnswerProps): ReactNode {
  const { texts, orms } = answer;
  return (
    <Card note={texts.length > 1 ? `${texts.length} texts with this summary` : lookedAt(answer)} title="Text">
      {texts.length === 0 ? (
        <Empty title="Its text was not sent">
          <p>It is read from db.query.text of the spans.</p>
        </Empty>
      ) : (
        texts.slice(0, 5).map(({ text, calls, meanMs, maxMs, rowsPerCall }) => (
          <div key={text}>
            <pre className={styles['code']}>{text}</pre>
            <ul className={styles['list']}>
              <li>
                <span className={styles['sub']}>
                  {formatCounted(calls, 'call', 'calls')}, mean {formatDuration(meanMs)}, at most{' '}
                  {formatDuration(maxMs)}
                  {rowsPerCall !== null && `, ${formatNumber(rowsPerCall)} ${rowsPerCall === 1 ? 'row' : 'rows'} each`}
                </span>
              </li>
            </ul>
          </div>
        ))
      )}
      {orms.length > 0 && (
        <ul className={styles['list']}>
          {orms.map(({ orm, model, operation, calls }) => (
            <li key={`${orm} ${model} ${operation}`}>
              <span>
                {orm}: <b className="mono">{[model, operation].filter(text => text !== '').join('.')}</b>
              </span>
              <span className={styles['sub']}>{formatCounted(calls, 'call', 'calls')}</span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

const callerColumns: readonly Column<CallerRow>[] = [
  {
    key: 'caller',
    title: 'Request',
    cell: row => (
      <span className={styles['name']}>
        {row.operation === '' ? (
          <span>Outside of a request</span>
        ) : (
          <Link
            search={{ q: `${writeTerm('service', row.service)} ${writeTerm('name', row.operation)}` }}
            title="See its traces"
            to="/traces"
          >
            {row.operation}
          </Link>
        )}
        <span className={styles['sub']}>{row.service}</span>
      </span>
    ),
  },
  { key: 'share', title: 'Share of calls', width: '112px', cell: row => <ShareBar share={row.share} /> },
  {
    key: 'each',
    title: 'Per request',
    hint: 'How often one request sends it: many times is a loop around a query',
    right: true,
    width: '88px',
    cell: row => `${formatNumber(row.calls / Math.max(row.requests, 1))}×`,
  },
  { key: 'mean', title: 'Mean', right: true, width: '76px', fromPx: 600, cell: row => formatDuration(row.meanMs) },
  {
    key: 'trace',
    title: 'Trace',
    right: true,
    width: '64px',
    cell: row => (
      <Link className="link" params={{ traceId: row.traceId }} search={{}} to="/traces/$traceId">
        Open
      </Link>
    ),
  },
];

function Callers({ answer }: AnswerProps): ReactNode {
  return (
    <Card note={lookedAt(answer)} title="Who sends it">
      {answer.callers.length === 0 ? (
        <Empty title="No call of it is stored">
          <p>Its figures are counted from all calls; traces are kept for some of them only.</p>
        </Empty>
      ) : (
        <DataTable
          columns={callerColumns}
          label="Who sends it"
          rowKey={row => `${row.service} ${row.operation}`}
          rowPx={46}
          rows={answer.callers}
          walks
        />
      )}
    </Card>
  );
}

const words: { readonly [which in CallSample['which']]: string } = {
  slow: 'Slow',
  failed: 'Failed',
  typical: 'Typical',
  fast: 'Fast',
  newest: 'Newest',
};

function sampleColumns(nowMs: number, zone: Zone): readonly Column<CallSample>[] {
  return [
    {
      key: 'which',
      title: 'Sample',
      cell: row => (
        <Link params={{ traceId: row.traceId }} search={{ span: row.spanId }} to="/traces/$traceId">
          {row.isFailed ? <StatusMark status="crit" word={words[row.which]} /> : words[row.which]}
        </Link>
      ),
    },
    { key: 'service', title: 'Service', width: '30%', fromPx: 600, cell: row => row.service },
    {
      key: 'rows',
      title: 'Rows',
      right: true,
      width: '72px',
      cell: row => (row.rows === null ? <Missing why="Rows were not counted" /> : formatCount(row.rows)),
    },
    { key: 'duration', title: 'Duration', right: true, width: '88px', cell: row => formatDuration(row.durationMs) },
    {
      key: 'time',
      title: 'When',
      right: true,
      width: '108px',
      cell: row => <span title={formatFull(row.timeMs, zone)}>{formatAgo(row.timeMs, nowMs, zone)}</span>,
    },
  ];
}

function Samples({ answer }: AnswerProps): ReactNode {
  const { nowMs, zone } = usePageRange();
  return (
    <Card
      note={lookedAt(answer)}
      right={
        <Link className="link" search={{ q: queryTerms(answer), sort: 'slowest' }} to="/traces">
          All traces
        </Link>
      }
      title="Samples"
    >
      {answer.samples.length === 0 ? (
        <Empty title="No call of it is stored" />
      ) : (
        <DataTable
          columns={sampleColumns(nowMs, zone)}
          label="Samples"
          rowKey={row => row.spanId}
          rows={answer.samples}
        />
      )}
    </Card>
  );
}

function Places({ answer }: AnswerProps): ReactNode {
  return (
    <Card note="where a line was noted" title="In the code">
      {answer.places.length === 0 ? (
        <Empty title="No line of code is known">
          <p>The SDK notes it for slow queries, for loops around a query, and once a minute for each statement.</p>
        </Empty>
      ) : (
        <ul className={styles['list']}>
          {answer.places.map(({ service, place, called, calls }) => (
            <li key={`${service} ${place} ${called}`}>
              <span className="mono">
                {place}
                {called !== '' && <span className={styles['sub']}> {called}</span>}
              </span>
              <span className={styles['sub']}>
                {service}, {formatCounted(calls, 'call', 'calls')}
              </span>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
