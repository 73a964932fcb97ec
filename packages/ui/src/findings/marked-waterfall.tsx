import type { FindingEvidence, TraceAnswer } from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { fetchTrace } from '../api-client.js';
import { formatDurationUs, formatExact } from '../format.js';
import { Remote } from '../parts/remote.js';
import { Skeleton } from '../parts/skeleton.js';
import styles from './findings.module.css';
import { markedRows } from './marked-rows.js';

/** One trace that shows the finding, with the spans marked that make it one. */
export function MarkedWaterfall({ evidence }: { readonly evidence: FindingEvidence }): ReactNode {
  const query = useQuery({
    queryKey: ['trace', evidence.traceId],
    queryFn: ({ signal }) => fetchTrace(evidence.traceId, signal),
  });
  return (
    <Remote query={query} skeleton={<Skeleton rows={10} rowPx={26} />}>
      {trace => <Rows evidence={evidence} trace={trace} />}
    </Remote>
  );
}

function Rows({ evidence, trace }: { readonly evidence: FindingEvidence; readonly trace: TraceAnswer }): ReactNode {
  const rows = markedRows(trace, evidence.entrySpanId, evidence.spanIds);
  return (
    <ol aria-label="The request, with the spans marked that show it" className={styles['waterfall']}>
      {rows.map(row =>
        row.kind === 'rest' ? (
          <li data-marked="true" key="rest">
            <span className={styles['more']}>{formatExact(row.count)} more like these</span>
            <Bar from={row.from} to={row.to} />
            <span />
          </li>
        ) : (
          <li data-marked={row.isMarked} key={row.id}>
            <Link
              params={{ traceId: trace.traceId }}
              search={{ span: row.id }}
              style={{ paddingLeft: `${Math.min(row.depth, 6) * 12}px` }}
              title={`${row.service}: ${row.name}`}
              to="/traces/$traceId"
            >
              {row.name}
            </Link>
            <Bar from={row.from} to={row.to} />
            <span className="num">{formatDurationUs(row.durationUs)}</span>
          </li>
        ),
      )}
    </ol>
  );
}

function Bar({ from, to }: { readonly from: number; readonly to: number }): ReactNode {
  return (
    <span aria-hidden="true" className={styles['track']}>
      <i style={{ left: `${from * 100}%`, width: `${Math.max((to - from) * 100, 0.4)}%` }} />
    </span>
  );
}
