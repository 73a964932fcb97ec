import { describeExpr } from '@bellwether/promql';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { formatDuration } from '../format.js';
import { usePageRange } from '../page-range.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import styles from './explain.module.css';
import { resultWords, selectorWords, slowWords, timeParts, type TimePart } from './explain-words.js';
import { fetchExplain } from './metrics-api.js';
import { parsedQuery } from './parsed-query.js';
import { stepsIn } from './step.js';

/** What a query reads, selector by selector, and what it takes. */
export function ExplainPanel({ expr, stepMs }: { readonly expr: string; readonly stepMs: number }): ReactNode {
  const { fromMs, toMs } = usePageRange();
  const steps = stepsIn({ fromMs, toMs }, stepMs);
  const asked = { expr, fromMs: steps[0] ?? fromMs, toMs: steps.at(-1) ?? toMs, stepMs };
  const query = useQuery({
    queryKey: ['explain', expr, asked.fromMs, asked.toMs, stepMs],
    queryFn: ({ signal }) => fetchExplain(asked, signal),
    placeholderData: keepPreviousData,
    retry: false,
  });
  const parsed = parsedQuery(expr);
  return (
    <section aria-label="Explanation" className={styles['explain']}>
      {parsed !== undefined && <p className={styles['words']}>{withCode(describeExpr(parsed))}</p>}
      <Remote query={query} skeleton={<Skeleton rowPx={22} rows={2} />}>
        {answer => {
          const slow = slowWords(answer);
          return (
            <>
              <ol>
                {answer.selectors.map((selector, index) => (
                  // The same selector may stand in a query twice.
                  <li key={`${index} ${selector.selector}`}>
                    <code>{selector.selector}</code> {selectorWords(selector)}
                  </li>
                ))}
                <li>{resultWords(answer)}</li>
                {slow !== undefined && <li className={styles['slow']}>{slow}</li>}
              </ol>
              <TimeBar parts={timeParts(answer)} />
            </>
          );
        }}
      </Remote>
    </section>
  );
}

/** Where the time went, as shares of a line and in words. */
function TimeBar({ parts }: { readonly parts: readonly TimePart[] }): ReactNode {
  const total = parts.reduce((sum, { ms }) => sum + ms, 0);
  return (
    <div className={styles['time']}>
      <span aria-hidden="true" className={styles['bar']}>
        {parts.map(({ name, ms }, at) => (
          <i
            key={name}
            style={{ width: `${total === 0 ? 0 : (ms / total) * 100}%`, background: `var(--c${at + 1})` }}
          />
        ))}
      </span>
      <dl className="num">
        {parts.map(({ name, ms }, at) => (
          <div key={name}>
            <dt>
              <i aria-hidden="true" style={{ background: `var(--c${at + 1})` }} />
              {name}
            </dt>
            <dd>{formatDuration(ms)}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

/** What stands between backquotes is the name of a metric. */
function withCode(sentence: string): ReactNode {
  // The parts of one sentence never change places.
  // oxlint-disable-next-line react/no-array-index-key
  return sentence.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>));
}
