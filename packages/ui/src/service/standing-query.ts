import type { ChecksAnswer, ErrorsAnswer, FindingsAnswer } from '@bellwether/model';
import { keepPreviousData, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchErrors } from '../api-client.js';
import { useFindings } from '../findings/findings-query.js';
import { usePageRange } from '../page-range.js';
import { useChecks } from '../uptime/uptime-query.js';

const lookedErrors = 200;

/** What is open of a service, what was found, and all uptime checks; the errors, which take longest, once `mayCount`. */
export function useStanding(
  service: string,
  mayCount: boolean,
): {
  readonly errors: UseQueryResult<ErrorsAnswer>;
  readonly findings: UseQueryResult<FindingsAnswer>;
  readonly checks: UseQueryResult<ChecksAnswer>;
} {
  const { params } = usePageRange();
  const errors = useQuery({
    queryKey: ['errors of service', service, params.from, params.to, params.env ?? ''],
    queryFn: ({ signal }) =>
      fetchErrors({ ...params, service, q: '', state: 'unresolved', limit: lookedErrors, only: 'states' }, signal),
    enabled: mayCount,
    placeholderData: keepPreviousData,
  });
  const findings = useFindings({ service, kind: undefined, state: 'unresolved', q: '' });
  return { errors, findings, checks: useChecks() };
}
