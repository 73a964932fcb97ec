import type { LogPatternsAnswer, LogPatternTrend } from '@bellwether/model';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { fetchLogPatterns } from '../api-client.js';
import { formatExact } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Button } from '../parts/button.js';
import { DataTable } from '../parts/data-table.js';
import { Empty } from '../parts/empty.js';
import { Skeleton } from '../parts/skeleton.js';
import { StatusShape } from '../parts/status-mark.js';
import { ListFailure } from '../search/list-failure.js';
import { NothingFound } from '../search/nothing-found.js';
import { addTerm, writeTerm } from '../search/write-term.js';
import { useUrlState } from '../url-state.js';
import pageStyles from './logs-page.module.css';
import { patternColumns } from './pattern-columns.js';
import { patternTrendOrder, patternTrends } from './pattern-trend.js';
import styles from './patterns.module.css';

/** What the lines that match have in common. A click on a pattern shows its lines. */
export function LogPatterns({ q }: { readonly q: string }): ReactNode {
  const { params } = usePageRange();
  const query = useQuery({
    queryKey: ['log-patterns', params.from, params.to, params.env ?? '', q],
    queryFn: ({ signal }) => fetchLogPatterns({ ...params, q }, signal),
    placeholderData: keepPreviousData,
  });
  if (query.data === undefined) {
    return (
      <div className={pageStyles.list}>
        {query.isError ? (
          <ListFailure error={query.error} onRetry={() => void query.refetch()} />
        ) : (
          <Skeleton rowPx={46} rows={12} />
        )}
      </div>
    );
  }
  return (
    <div className={query.isPlaceholderData ? `${pageStyles.list} ${pageStyles.stale}` : pageStyles.list}>
      {query.data.patterns.length === 0 ? <NothingFound signal="logs" /> : <PatternList answer={query.data} q={q} />}
    </div>
  );
}

function PatternList({ answer, q }: { readonly answer: LogPatternsAnswer; readonly q: string }): ReactNode {
  const { fromMs, nowMs, zone } = usePageRange();
  const { get, set } = useUrlState();
  const trend = get('trend');
  const rows = answer.patterns.filter(row => trend === undefined || row.trend === trend);
  return (
    <>
      <div className={styles.head}>
        <b>Patterns</b>
        <span className={styles.facts}>{factsOf(answer)}</span>
        <TrendFilter answer={answer} />
      </div>
      {rows.length === 0 ? (
        <Empty title="No pattern is of that state">
          <Button onClick={() => set({ trend: undefined })}>All patterns</Button>
        </Empty>
      ) : (
        <DataTable
          columns={patternColumns({
            nowMs,
            zone,
            fromMs,
            comparable: answer.comparable,
            onHide: pattern => set({ q: addTerm(q, writeTerm('pattern', pattern, 'exclude')) }),
          })}
          label="Patterns"
          onOpen={row =>
            set({
              q: addTerm(q, writeTerm('pattern', row.pattern)),
              view: undefined,
              trend: undefined,
              psort: undefined,
            })
          }
          rowKey={row => row.pattern}
          rowPx={46}
          rows={rows}
          sortParam="psort"
          walks
        />
      )}
    </>
  );
}

function factsOf({ patterns, otherPatterns, otherLines, sampledOneIn, comparable }: LogPatternsAnswer): string {
  return [
    formatExact(patterns.length + otherPatterns),
    ...(sampledOneIn > 1 ? [`1 line in ${formatExact(sampledOneIn)} looked at, counts scaled`] : []),
    ...(otherLines > 0 ? [`${formatExact(otherLines)} lines are of rarer ones`] : []),
    ...(comparable ? [] : ['nothing to compare with before this range']),
  ].join(' · ');
}

/** How many there are of each kind; a click shows only those. */
function TrendFilter({ answer }: { readonly answer: LogPatternsAnswer }): ReactNode {
  const { get, set } = useUrlState();
  const chosen = get('trend');
  const of = (trend: LogPatternTrend): number => answer.patterns.filter(row => row.trend === trend).length;
  return (
    <div aria-label="Patterns of which state" className={styles.trends} role="group">
      {patternTrendOrder.map(trend => (
        <Button
          aria-pressed={chosen === trend}
          disabled={of(trend) === 0 && chosen !== trend}
          key={trend}
          onClick={() => set({ trend: chosen === trend ? undefined : trend })}
          title={patternTrends[trend].why}
        >
          <StatusShape status={patternTrends[trend].mark} />
          {patternTrends[trend].word}
          <span className="num">{of(trend)}</span>
        </Button>
      ))}
    </div>
  );
}
