import type { CacheMemory, CacheSign, CachesAnswer } from '@bellwether/model';
import type { ReactNode } from 'react';
import styles from '../calls/calls.module.css';
import { CallsSkeleton } from '../calls/calls-skeleton.js';
import { NoCalls } from '../calls/no-calls.js';
import { Picker } from '../calls/picker.js';
import type { SeriesColour } from '../charts/series-colour.js';
import { TimeChart } from '../charts/time-chart.js';
import { productName } from '../databases/database-names.js';
import {
  formatBytes,
  formatBytesShort,
  formatCount,
  formatCounted,
  formatNumber,
  formatPercent,
  formatRate,
  formatShare,
  rateParts,
} from '../format.js';
import { Card } from '../parts/card.js';
import { DataTable, type Column } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Missing } from '../parts/missing.js';
import { Page } from '../parts/page.js';
import { Remote } from '../parts/remote.js';
import { StatusMark } from '../parts/status-mark.js';
import { headlineStep } from '../service/chart-facts.js';
import { useUrlState } from '../url-state.js';
import { cacheColumns, operationColumns, patternColumns } from './cache-columns.js';
import { useCaches } from './caches-query.js';

/** How much caches help, what their misses cost, and whether they have room. */
export function CachesPage(): ReactNode {
  const { get } = useUrlState();
  const query = useCaches(get('system'));
  return (
    <Page title="Caches">
      <Remote query={query} skeleton={<CallsSkeleton charts={['Hit ratio', 'Memory', 'Evictions']} table="Keys" />}>
        {answer =>
          answer.caches.length === 0 && answer.operations.length === 0 && answer.memory.length === 0 ? (
            <NoCalls filter={{ param: 'system', all: 'All caches' }} title="Caches" what="No cache was used">
              <p>
                Hits, memory and evictions come from the metrics cache.*, operations from client spans. The SDK sends
                both for Redis, memcached and caches in the process by itself.
              </p>
            </NoCalls>
          ) : (
            <Caches answer={answer} />
          )
        }
      </Remote>
    </Page>
  );
}

type AnswerProps = { readonly answer: CachesAnswer };

function Caches({ answer }: AnswerProps): ReactNode {
  const { patterns, operations } = answer;
  return (
    <>
      <Picker
        choices={answer.caches.map(({ system }) => ({ value: system, title: productName(system) }))}
        label="Which cache"
        param="system"
      />
      {answer.signs.length > 0 && <Signs signs={answer.signs} />}
      <div className={styles['three']}>
        <HitChart answer={answer} />
        <MemoryChart answer={answer} />
        <EvictionChart answer={answer} />
      </div>
      <Card
        note={
          patterns.length === 0
            ? undefined
            : `misses that cost most first, by ${formatCounted(answer.looked, 'trace', 'traces')}`
        }
        title="Keys"
      >
        {patterns.length === 0 ? (
          <Empty title="No reads by key pattern in this range">
            <p>
              Reads of Redis and memcached are counted by the pattern of their key; caches in the process only in all.
            </p>
          </Empty>
        ) : (
          <DataTable
            columns={patternColumns}
            label="Keys"
            rowKey={row => `${row.system} ${row.pattern}`}
            rowPx={46}
            rows={patterns}
            sortParam="sort"
            walks
          />
        )}
      </Card>
      <div className={styles['two']}>
        <Card title="Operations">
          {operations.length === 0 ? (
            <Empty title="No calls of a cache server in this range" />
          ) : (
            <DataTable
              columns={operationColumns}
              label="Operations"
              rowKey={row => `${row.system} ${row.operation}`}
              rowPx={46}
              rows={operations}
              sortParam="osort"
            />
          )}
        </Card>
        <Card title="Caches">
          {answer.caches.length === 0 ? (
            <Empty title="No reads were counted in this range" />
          ) : (
            <DataTable
              columns={cacheColumns}
              label="Caches"
              rowKey={row => row.system}
              rowPx={46}
              rows={answer.caches}
            />
          )}
          {answer.memory.length > 0 && (
            <DataTable
              columns={memoryColumns}
              label="Memory"
              rowKey={row => `${row.system} ${row.server}`}
              rows={answer.memory}
            />
          )}
        </Card>
      </div>
      {answer.metricsMissing !== '' && (
        <p className={styles['note']}>Some figures that come from metrics are missing: {answer.metricsMissing}</p>
      )}
    </>
  );
}

const weights: { readonly [weight in CacheSign['weight']]: string } = {
  crit: 'Critical',
  warn: 'Warning',
  none: 'Notice',
};

/** What evictions and memory mean, in words. */
function Signs({ signs }: { readonly signs: readonly CacheSign[] }): ReactNode {
  return (
    <Card note="read from evictions and memory" title="What stands out">
      <ul className={styles['list']}>
        {signs.map(({ kind, weight, system, server, text, advice }) => (
          <li key={`${kind} ${system} ${server}`}>
            <span>
              <StatusMark look="shape" status={weight} word={weights[weight]} />{' '}
              <b>{[productName(system), server].filter(part => part !== '').join(' ')}:</b> {text}{' '}
              <span className={styles['sub']}>{advice}</span>
            </span>
          </li>
        ))}
      </ul>
    </Card>
  );
}

const memoryColumns: readonly Column<CacheMemory>[] = [
  {
    key: 'server',
    title: 'Server',
    cell: row => (row.server === '' ? `${productName(row.system)}, in processes` : row.server),
  },
  {
    key: 'used',
    title: 'Memory',
    right: true,
    width: '150px',
    cell: row =>
      row.usedBytes === null ? (
        <Missing why="It is not told" />
      ) : (
        `${formatBytes(row.usedBytes)}${row.limitBytes === null ? '' : ` of ${formatBytes(row.limitBytes)}`}`
      ),
  },
  {
    key: 'items',
    title: 'Items',
    right: true,
    width: '80px',
    cell: row => (row.items === null ? <Missing why="They are not told" /> : formatCount(row.items)),
  },
];

const colours: readonly SeriesColour[] = [1, 2, 3, 4, 5, 6, 7, 8];
const nowhere = { traces: undefined, logs: undefined };

function HitChart({ answer }: AnswerProps): ReactNode {
  const [first] = answer.hitRatio;
  const step = first === undefined ? undefined : headlineStep(first.ratio, answer.lastStepIncomplete);
  const now = step === undefined ? undefined : first?.ratio[step];
  return (
    <TimeChart
      axis={formatShare}
      axisRange={[0, 1]}
      drill={nowhere}
      empty={first === undefined ? 'No reads were counted in this range.' : undefined}
      format={formatPercent}
      headline={{ value: formatPercent(now), unit: 'hits' }}
      lastIncomplete={answer.lastStepIncomplete}
      promql={`sum by (cache_system) (rate(cache_requests_total{cache_result="hit"}[5m])) / sum by (cache_system) (rate(cache_requests_total{cache_result=~"hit|miss"}[5m]))`}
      series={answer.hitRatio
        .slice(0, 8)
        .map(({ system, ratio }, at) => ({ name: productName(system), colour: colours[at] ?? 8, values: ratio }))}
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatPercent(now)} of reads${first === undefined ? '' : ` of ${productName(first.system)}`} are hits now`}
      title="Hit ratio"
    />
  );
}

function MemoryChart({ answer }: AnswerProps): ReactNode {
  const told = answer.memory.filter(({ used }) => used.some(value => value !== null));
  const [first] = told;
  const limit = told.length === 1 ? (first?.limitBytes ?? undefined) : undefined;
  return (
    <TimeChart
      axis={formatBytesShort}
      binary
      drill={nowhere}
      empty={first === undefined ? 'No cache tells its memory.' : undefined}
      filled
      format={formatBytes}
      headline={{
        value: formatBytes(first?.usedBytes),
        unit: limit === undefined ? '' : `of ${formatBytes(limit)}`,
      }}
      lastIncomplete={answer.lastStepIncomplete}
      leastTop={(limit ?? 0) * 1.15}
      promql="max by (cache_system, server_address) (cache_memory_used_bytes)"
      series={told.slice(0, 8).map(({ system, server, used }, at) => ({
        name: server === '' ? productName(system) : server,
        colour: colours[at] ?? 8,
        values: used,
      }))}
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatBytes(first?.usedBytes)} in use${limit === undefined ? '' : ` of ${formatBytes(limit)}`}`}
      threshold={limit === undefined ? undefined : { value: limit, label: 'limit' }}
      title="Memory"
    />
  );
}

const reasons: { readonly [reason: string]: string } = {
  full: 'for room',
  ttl: 'expired',
  invalidation: 'invalidated',
};

function EvictionChart({ answer }: AnswerProps): ReactNode {
  const evictions = answer.evictions.filter(({ total }) => total > 0);
  const room = evictions.find(({ reason }) => reason === 'full') ?? evictions[0];
  const step = room === undefined ? undefined : headlineStep(room.rate, answer.lastStepIncomplete);
  const now = step === undefined ? undefined : room?.rate[step];
  const several = new Set(evictions.map(({ system, server }) => `${system} ${server}`)).size > 1;
  return (
    <TimeChart
      axis={formatNumber}
      drill={nowhere}
      empty={evictions.length === 0 ? 'Nothing was thrown out in this range, or nobody tells.' : undefined}
      format={formatRate}
      headline={rateParts(now)}
      lastIncomplete={answer.lastStepIncomplete}
      {...(room !== undefined && { note: reasons[room.reason] ?? room.reason })}
      promql="max by (cache_system, server_address, cache_eviction_reason) (rate(cache_evictions_total[5m]))"
      series={evictions.slice(0, 8).map(({ system, server, reason, rate }, at) => ({
        name: `${several ? `${server === '' ? productName(system) : server} ` : ''}${reasons[reason] ?? reason}`,
        colour: colours[at] ?? 8,
        values: rate,
      }))}
      stepMs={answer.stepMs}
      stepsMs={answer.stepsMs}
      summary={`${formatRate(now)} entries are thrown out ${room === undefined ? '' : (reasons[room.reason] ?? room.reason)} now`}
      title="Evictions"
    />
  );
}
