import { PanelLeft, Plus } from 'lucide-react';
import { useEffect, useMemo, useState, type ReactNode } from 'react';
import { ApiFailure } from '../api-client.js';
import { Button, ButtonGroup } from '../parts/button.js';
import { useUrlState } from '../url-state.js';
import type { Fault } from './editor/promql-editor.js';
import { addMatcher } from './add-matcher.js';
import { firstQuery } from './first-query.js';
import { MetricBrowser } from './metric-browser.js';
import type { MetricEntry } from './metric-list.js';
import styles from './metrics-page.module.css';
import { blankQuery, mostQueries, readQueries, writeQueries, type MetricQuery } from './query-list.js';
import { metricsOf, parsedQuery } from './parsed-query.js';
import { QueryRow } from './query-row.js';
import { ResultPanel } from './result-panel.js';
import { useInstantAnswers, useRangeAnswers } from './result-query.js';
import { StepPicker, useStepMs } from './step-picker.js';
import { useIsNarrow } from './use-is-narrow.js';

const views = [
  { key: 'chart', name: 'Chart' },
  { key: 'table', name: 'Table' },
  { key: 'stat', name: 'Stat' },
  { key: 'heatmap', name: 'Heatmap' },
] as const;

const nothing: readonly MetricQuery[] = [];

export type View = (typeof views)[number]['key'];

/** Any question in PromQL: queries above, their answer below, and the metrics to ask about at the left. */
export function MetricsPage(): ReactNode {
  useEffect(() => {
    document.title = 'Metrics · Bellwether';
  }, []);
  const { params, get, set } = useUrlState();
  const queries = useMemo(() => readQueries(params), [params]);
  const [hasBlank, setHasBlank] = useState(false);
  const [current, setCurrent] = useState(0);
  const isNarrow = useIsNarrow();
  const view = views.find(({ key }) => key === get('view'))?.key ?? 'chart';
  const rows = queries.length === 0 || hasBlank ? [...queries, blankQuery(queries.length)] : queries;
  const browserOpen = (get('browser') ?? (isNarrow && queries.length > 0 ? 'off' : 'on')) === 'on';

  const { stepMs } = useStepMs();
  const drawn = queries.filter(({ isOn }) => isOn);
  const isOverTime = view === 'chart' || view === 'heatmap';
  const range = useRangeAnswers(isOverTime ? drawn : nothing, stepMs);
  const instant = useInstantAnswers(isOverTime ? nothing : drawn);
  const asked = isOverTime ? range.now : instant;

  function faultOf(letter: string): Fault | undefined {
    const error = asked.find(({ query }) => query.letter === letter)?.result.error;
    return error instanceof ApiFailure && error.position !== undefined
      ? { ...error.position, message: error.message }
      : undefined;
  }

  function change(index: number, next: MetricQuery): void {
    const changed = rows.map((row, at) => (at === index ? next : row));
    if (index >= queries.length && next.expr.trim() !== '') setHasBlank(false);
    // Another query has other series.
    const same = queries[index]?.expr === next.expr;
    set({ ...writeQueries(changed), ...(!same && { only: undefined }) });
  }

  function remove(index: number): void {
    if (index >= queries.length) setHasBlank(false);
    else set({ ...writeQueries(queries.filter((_, at) => at !== index)), only: undefined });
    setCurrent(0);
  }

  function pick(metric: MetricEntry, how: 'replace' | 'add'): void {
    const expr = firstQuery(metric);
    const index = how === 'add' && queries.length > 0 ? queries.length : Math.min(current, rows.length - 1);
    const row = rows[index] ?? blankQuery(index);
    const next = [...rows.slice(0, index), { ...row, expr, legend: '', unit: '' }, ...rows.slice(index + 1)];
    setHasBlank(false);
    set({ ...writeQueries(next), only: undefined, ...(isNarrow && { browser: undefined }) });
  }

  return (
    <div className={styles['page']} data-browser={browserOpen}>
      <header className={styles['title']}>
        <h1>Metrics</h1>
        <div className={styles['acts']}>
          <Button
            aria-pressed={browserOpen}
            onClick={() => set({ browser: browserOpen ? 'off' : 'on' }, 'replace')}
            title="Show or hide the list of metrics"
          >
            <PanelLeft aria-hidden="true" /> <span className={styles['word']}>Browse</span>
          </Button>
          <StepPicker />
          <ButtonGroup label="View">
            {views.map(({ key, name }) => (
              <Button
                aria-pressed={key === view}
                key={key}
                onClick={() => set({ view: key === 'chart' ? undefined : key })}
              >
                {name}
              </Button>
            ))}
          </ButtonGroup>
        </div>
      </header>
      <div className={styles['body']}>
        {browserOpen && (
          <MetricBrowser
            current={metricsIn(rows[current]?.expr ?? '')}
            onFilter={(label, value) => {
              const row = rows[current];
              if (row !== undefined) change(current, { ...row, expr: addMatcher(row.expr, label, value) ?? row.expr });
            }}
            onPick={pick}
          />
        )}
        <div className={styles['main']}>
          <section aria-label="Queries" className={styles['queries']}>
            {rows.map((row, index) => (
              <QueryRow
                isOnly={rows.length === 1}
                key={row.letter}
                onChange={next => change(index, next)}
                onFocus={() => setCurrent(index)}
                onRemove={() => remove(index)}
                fault={faultOf(row.letter)}
                query={row}
                stepMs={stepMs}
              />
            ))}
            {queries.length > 0 && !hasBlank && queries.length < mostQueries && (
              <Button
                className={styles['add']}
                look="ghost"
                onClick={() => {
                  setHasBlank(true);
                  setCurrent(queries.length);
                }}
              >
                <Plus aria-hidden="true" /> Add query
              </Button>
            )}
          </section>
          <ResultPanel instant={instant} isBlank={queries.length === 0} range={range} view={view} />
        </div>
      </div>
    </div>
  );
}

/** The one metric that a query is about; undefined when there are none or several. */
function metricsIn(expr: string): string | undefined {
  const parsed = expr === '' ? undefined : parsedQuery(expr);
  const metrics = parsed === undefined ? [] : metricsOf(parsed);
  return metrics.length === 1 ? metrics[0] : undefined;
}
