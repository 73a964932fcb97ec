import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { StatusMark } from '../parts/status-mark.js';
import { findingTitle } from './finding-state.js';
import { useTraceFindings } from './findings-query.js';

const shown = 3;
const dayMs = 86_400_000;

/** What was found in a trace, for its header: each leads to its page, in a range that has it. Nothing while it loads, or when nothing was found. */
export function TraceFindings({ traceId }: { readonly traceId: string }): ReactNode {
  const { data } = useTraceFindings(traceId);
  return (
    <>
      {data?.findings.slice(0, shown).map(finding => (
        <Link
          key={finding.id}
          params={{ id: finding.id }}
          search={{ from: String(finding.timeMs - dayMs), to: String(finding.timeMs + dayMs), trace: traceId }}
          title={findingTitle(finding)}
          to="/findings/$id"
        >
          <StatusMark look="chip" status="warn" word={finding.title} />
        </Link>
      ))}
    </>
  );
}
