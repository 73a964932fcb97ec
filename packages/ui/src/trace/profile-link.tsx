import type { ProfileRow } from '@bellwether/model';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { apiUrl, fetchJson } from '../api-client.js';
import { buttonClass } from '../parts/button.js';

type ProfileLinkProps = {
  readonly traceId: string;
  readonly startMs: number;
  /** Leads to the samples of this span alone, where the profile of its service has some. */
  readonly span?: { readonly id: string; readonly service: string };
};

/** A profile runs for a minute at most; the trace may have begun before it or in its midst. */
const aroundMs = 600_000;

/** Leads to the profiles that were taken while the trace was worked on, and to its samples in the newest; nothing when there are none. */
export function ProfileLink({ traceId, startMs, span }: ProfileLinkProps): ReactNode {
  const range = { from: Math.max(startMs - aroundMs, 0), to: startMs + aroundMs };
  const { data } = useQuery({
    queryKey: ['profiles of trace', traceId],
    queryFn: ({ signal }) =>
      fetchJson<{ readonly profiles: readonly ProfileRow[] }>(apiUrl('/profiles', { ...range, trace: traceId }), {
        signal,
      }),
    staleTime: Infinity,
  });
  const newest = data?.profiles.find(
    ({ kind, service }) => span === undefined || (kind === 'cpu' && service === span.service),
  );
  if (newest === undefined) return undefined;
  return (
    <Link
      className={buttonClass()}
      search={{ from: String(range.from), to: String(range.to), trace: traceId, span: span?.id, sel: newest.name }}
      title={
        span === undefined
          ? 'Profiles that were taken while this trace was worked on'
          : 'What the process did while it answered this request'
      }
      to="/profiles"
    >
      {span === undefined ? 'Profiles' : 'CPU profile'}
    </Link>
  );
}
