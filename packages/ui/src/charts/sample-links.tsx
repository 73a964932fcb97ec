import type { TraceSamplesAnswer } from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchTraceSamples } from '../api-client.js';
import { formatDuration } from '../format.js';
import { usePageRange } from '../page-range.js';
import styles from './chart.module.css';

type SamplesProps = {
  /** The search that finds the spans. */
  readonly q: string;
  readonly fromMs: number;
  readonly toMs: number;
};

/** Traces that stand for all of a stretch of time: a fast, a typical, a slow and a failed one. */
export function SampleLinks({ q, fromMs, toMs }: SamplesProps): ReactNode {
  const { params } = usePageRange();
  const { data } = useQuery({
    queryKey: ['trace-samples', q, fromMs, toMs, params.env ?? '', 0],
    queryFn: ({ signal }) =>
      fetchTraceSamples({ from: fromMs, to: toMs, env: params.env, q, steps: undefined }, signal),
  });
  if (data === undefined) return <p className={styles['ways']}>Sample traces…</p>;
  const samples = chosen(data);
  if (samples.length === 0) return undefined;
  return (
    <div className={styles['ways']}>
      {samples.map(({ word, sample: { traceId, spanId, durationMs } }) => (
        <Link
          className="link"
          key={word}
          params={{ traceId }}
          search={{ span: spanId }}
          title="Open this trace"
          to="/traces/$traceId"
        >
          {word} {formatDuration(durationMs)}
        </Link>
      ))}
    </div>
  );
}

type Chosen = { readonly word: string; readonly sample: NonNullable<TraceSamplesAnswer['fastest']> };

/** Each span once, although few may be several of these. */
function chosen({ fastest, typical, slowest, failed }: TraceSamplesAnswer): readonly Chosen[] {
  const seen = new Set<string>();
  return [
    { word: 'Failed', sample: failed },
    { word: 'Slow', sample: slowest },
    { word: 'Typical', sample: typical },
    { word: 'Fast', sample: fastest },
  ].flatMap(({ word, sample }) => {
    if (sample === null || seen.has(sample.spanId)) return [];
    seen.add(sample.spanId);
    return [{ word, sample }];
  });
}
