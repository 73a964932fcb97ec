import type { FindingAnswer, FindingEvidence } from '@bellwether/model';
import { Link, useParams } from '@tanstack/react-router';
import { useMemo, type ReactNode } from 'react';
import { Histogram } from '../charts/histogram.js';
import {
  formatAgo,
  formatCount,
  formatCounted,
  formatDuration,
  formatExact,
  formatFull,
  nsToMs,
  type Zone,
} from '../format.js';
import { usePageRange } from '../page-range.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { LookFurtherBack } from '../parts/look-further-back.js';
import { Failure } from '../parts/failure.js';
import { isNotThere } from '../parts/is-not-there.js';
import { Page } from '../parts/page.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusMark } from '../parts/status-mark.js';
import { Statement } from '../trace/statement.js';
import { writeTerm } from '../search/write-term.js';
import { useUrlState } from '../url-state.js';
import { FindingActions } from './finding-actions.js';
import { findingTitle, stateMarks } from './finding-state.js';
import styles from './findings.module.css';
import { useFinding } from './findings-query.js';
import { MarkedWaterfall } from './marked-waterfall.js';
import { RewritePanel } from './rewrite-panel.js';

/** One finding: what it costs, how to mend it, and traces that show it. */
export function FindingPage(): ReactNode {
  const { id } = useParams({ from: '/findings/$id' });
  const query = useFinding(id);
  if (query.data !== undefined) return <Finding answer={query.data} />;
  return (
    <Page title="Finding">
      {query.isError ? (
        <NoFinding id={id} error={query.error} onRetry={() => void query.refetch()} />
      ) : (
        <Card title="How to mend it">
          <Skeleton rows={12} />
        </Card>
      )}
    </Page>
  );
}

function NoFinding({
  id,
  error,
  onRetry,
}: {
  readonly id: string;
  readonly error: Error;
  readonly onRetry: () => void;
}): ReactNode {
  if (!isNotThere(error, id, 16)) return <Failure error={error} onRetry={onRetry} />;
  return (
    <Empty title="This finding was not seen in this range">
      <p>It may have been seen earlier, or in another environment, or be mended.</p>
      <div className={styles['ways']}>
        <LookFurtherBack />
        <Link className="link" search={{}} to="/findings">
          All findings
        </Link>
      </div>
    </Empty>
  );
}

function Finding({ answer }: { readonly answer: FindingAnswer }): ReactNode {
  const { nowMs, zone } = usePageRange();
  const { get } = useUrlState();
  const { finding, histogram, newest, worst } = answer;
  const series = useMemo(
    () => [{ name: 'requests', colour: 2 as const, counts: histogram.counts }],
    [histogram.counts],
  );
  const { mark, word, why } = stateMarks[finding.state];
  const chosen = get('trace');
  const shown = [...worst, ...newest].find(({ traceId }) => traceId === chosen) ?? worst[0];
  return (
    <Page
      actions={<FindingActions finding={finding} />}
      facts={
        <span title={why}>
          <StatusMark look="chip" status={mark} word={word} />
        </span>
      }
      title={findingTitle(finding)}
    >
      <p className={styles['what']}>
        {answer.what} In{' '}
        <Link className="link" params={{ service: finding.service }} search={{}} to="/services/$service">
          {finding.service}
        </Link>
        , {finding.route}.{finding.place !== '' && <b className="mono"> {finding.place}</b>}
      </p>
      <dl className={styles['figures']}>
        <Figure
          name="Time a day"
          value={formatDuration(finding.lostMsPerDay)}
          why="What requests would be shorter without it, at a guess"
        />
        <Figure name="Of each request" value={formatDuration(finding.lostMsEach)} why="On average" />
        <Figure
          name="Requests a day"
          value={formatCount(finding.requestsPerDay)}
          why={`${formatExact(finding.requests)} in this range`}
        />
        <Figure
          name="Times each"
          value={formatCount(Math.round(finding.timesEach))}
          why="How often in one request, on average"
        />
        <Figure
          name="Tenants"
          value={finding.tenants === 0 ? '–' : formatCount(finding.tenants)}
          why="Different tenant.id"
        />
        <Figure
          name="First seen"
          value={formatAgo(finding.firstEverMs, nowMs, zone)}
          why={formatFull(finding.firstEverMs, zone)}
        />
        <Figure
          name="Last seen"
          value={formatAgo(finding.lastMs, nowMs, zone)}
          why={formatFull(finding.lastMs, zone)}
        />
      </dl>
      <div className={styles['columns']}>
        <div>
          <RewritePanel rewrites={answer.rewrites} />
          {shown !== undefined && (
            <Card
              note={`${formatFull(nsToMs(shown.timeNs), zone)}, ${formatCounted(shown.times, 'time', 'times')}, ${formatDuration(shown.lostMs)}`}
              right={
                <Link
                  className="link"
                  params={{ traceId: shown.traceId }}
                  search={{ span: shown.spanIds[0] ?? shown.entrySpanId }}
                  to="/traces/$traceId"
                >
                  Whole trace
                </Link>
              }
              title="A trace that shows it"
            >
              <MarkedWaterfall evidence={shown} key={shown.traceId} />
            </Card>
          )}
        </div>
        <div>
          <Card note={`${formatExact(Math.round(finding.requests))} in this range`} title="Requests that have it">
            <Histogram
              drill={{ traces: `${writeTerm('service', finding.service)} kind:(server OR consumer)`, logs: undefined }}
              heightPx={72}
              series={series}
              stepMs={histogram.stepMs}
              stepsMs={histogram.stepsMs}
              summary={`${formatExact(Math.round(finding.requests))} requests over the range, the last ${formatAgo(finding.lastMs, nowMs, zone)}`}
              title="Requests over time"
            />
          </Card>
          {answer.statement !== '' && (
            <Card title="The query">
              <div className={styles['statement']}>
                <Statement text={answer.statement} />
              </div>
            </Card>
          )}
          <Facts answer={answer} />
          <Evidence rows={worst} selected={shown?.traceId} title="Traces that it cost most" />
          <Evidence rows={newest} selected={shown?.traceId} title="Newest traces" />
        </div>
      </div>
    </Page>
  );
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

function Facts({ answer }: { readonly answer: FindingAnswer }): ReactNode {
  if (answer.facts.length === 0) return null;
  return (
    <Card title="What its newest trace tells">
      <dl className={styles['told']}>
        {answer.facts.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function evidenceColumns(zone: Zone): readonly Column<FindingEvidence>[] {
  return [
    { key: 'time', title: 'Time', cell: row => <span className="num">{formatFull(nsToMs(row.timeNs), zone)}</span> },
    { key: 'times', title: 'Times', right: true, width: '64px', cell: row => formatCount(row.times) },
    { key: 'lost', title: 'Cost', right: true, width: '84px', cell: row => formatDuration(row.lostMs) },
  ];
}

/** Traces that show it; one that is chosen is drawn. */
function Evidence({
  rows,
  title,
  selected,
}: {
  readonly rows: readonly FindingEvidence[];
  readonly title: string;
  readonly selected: string | undefined;
}): ReactNode {
  const { zone } = usePageRange();
  const { set } = useUrlState();
  return (
    <Card note={formatExact(rows.length)} title={title}>
      <div className={styles['evidence']}>
        <DataTable
          columns={evidenceColumns(zone)}
          label={title}
          onOpen={row => set({ trace: row.traceId })}
          rowKey={row => row.traceId + row.entrySpanId}
          rows={rows}
          selectedKey={rows.find(({ traceId }) => traceId === selected)?.traceId}
        />
      </div>
    </Card>
  );
}
