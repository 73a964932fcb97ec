import type { ExternalAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { CallsSkeleton } from '../calls/calls-skeleton.js';
import { NoCalls } from '../calls/no-calls.js';
import { busyMs, formatBusy } from '../calls/per-second.js';
import type { SeriesColour } from '../charts/series-colour.js';
import { TimeChart } from '../charts/time-chart.js';
import { comparedName } from '../compared-name.js';
import { formatCounted, formatDuration } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { Card } from '../parts/card.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { headlineStep } from '../service/chart-facts.js';
import { peerTerms } from '../service/peer-terms.js';
import { useUrlState } from '../url-state.js';
import { callerColumns, failureColumns, operationColumns, vendorColumns } from './external-columns.js';
import { useExternal } from './external-query.js';

/** Services of others: how they do, and what they cost of our time. */
export function ExternalPage(): ReactNode {
  const { get } = useUrlState();
  const query = useExternal(get('vendor'));
  return (
    <Page title="External services">
      <Remote query={query} skeleton={<CallsSkeleton charts={['Time taken', 'How calls failed']} table="Services" />}>
        {answer =>
          answer.vendors.length === 0 ? (
            <NoCalls
              filter={{ param: 'vendor', all: 'All services' }}
              title="External services"
              what="No service of others was called"
            >
              <p>They are read from client spans that none of your services answers.</p>
            </NoCalls>
          ) : (
            <External answer={answer} />
          )
        }
      </Remote>
    </Page>
  );
}

type AnswerProps = { readonly answer: ExternalAnswer };

function External({ answer }: AnswerProps): ReactNode {
  const { get, set } = useUrlState();
  const beforeName = comparedName(usePageRange());
  const vendor = get('vendor');
  const note = `of the newest ${formatCounted(answer.looked.calls, 'call', 'calls')}`;
  return (
    <>
      <div className={styles['two']}>
        <LoadChart answer={answer} />
        <Card note={note} title="How calls failed">
          {answer.failures.length === 0 ? (
            <Empty title="None of them failed" />
          ) : (
            <DataTable
              columns={failureColumns}
              label="How calls failed"
              rowKey={row => `${row.vendor} ${row.reason}`}
              rowPx={46}
              rows={answer.failures.slice(0, 4)}
            />
          )}
        </Card>
      </div>
      <Card
        note="by time taken; a click shows what is done with it"
        right={
          vendor !== undefined && <Button onClick={() => set({ vendor: undefined })}>Operations of all services</Button>
        }
        title="Services"
      >
        <DataTable
          columns={vendorColumns(beforeName)}
          label="Services"
          onOpen={row => set({ vendor: vendor === row.name ? undefined : row.name })}
          rowKey={row => row.name}
          rowPx={46}
          rows={answer.vendors}
          selectedKey={vendor}
          sortParam="sort"
          walks
        />
      </Card>
      <div className={styles['two']}>
        <Card note={vendor ?? 'by time taken'} title="Operations">
          {answer.operations.length === 0 ? (
            <Empty title="No calls in this range" />
          ) : (
            <DataTable
              columns={operationColumns(beforeName)}
              label="Operations"
              rowKey={row => `${row.vendor} ${row.operation}`}
              rowPx={46}
              rows={answer.operations}
              sortParam="osort"
            />
          )}
        </Card>
        <Card note={note} title="Who calls">
          {answer.callers.length === 0 ? (
            <Empty title="No call is stored" />
          ) : (
            <DataTable
              columns={callerColumns}
              label="Who calls"
              rowKey={row => `${row.vendor} ${row.service} ${row.operation}`}
              rowPx={46}
              rows={answer.callers}
            />
          )}
        </Card>
      </div>
    </>
  );
}

const colours: readonly SeriesColour[] = [1, 2, 3, 4, 5, 6, 7];

function LoadChart({ answer }: AnswerProps): ReactNode {
  const series = answer.load.map(({ name, busy }, at) => ({ name, colour: colours[at] ?? 8, values: busy }));
  const sums = answer.stepsMs.map((_, step) => series.reduce((sum, { values }) => sum + (values[step] ?? 0), 0));
  const step = headlineStep(sums, answer.lastStepIncomplete);
  const now = step === undefined ? undefined : sums[step];
  return (
    <TimeChart
      axis={formatBusy}
      drill={{ traces: answer.load.map(({ name }) => `(${peerTerms(name, 'http')})`).join(' OR '), logs: undefined }}
      empty={series.length === 0 ? 'No calls in this range.' : undefined}
      format={formatBusy}
      headline={{ value: formatDuration(busyMs(now)), unit: now === undefined ? '' : 'per second' }}
      lastIncomplete={answer.lastStepIncomplete}
      series={series.toReversed()}
      stacked
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatBusy(now)} of waiting for others${series[0] === undefined ? '' : `, most of it for ${series[0].name}`}`}
      title="Time taken"
      tooltipPx={240}
    />
  );
}
