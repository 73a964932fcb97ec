import { builtIns, followsRange, type Dashboard, type VariableQuery } from '@bellwether/dashboards';
import { keepPreviousData, useQuery, useQueryClient, type UseQueryResult } from '@tanstack/react-query';
import { usePageRange } from '../page-range.js';
import { fetchLabelNames, fetchLabelValues, fetchSeries, queryInstant, type LabelQuery } from '../prometheus-client.js';
import { formatExactNumber } from './exact-number.js';
import { labelsText } from './prometheus-answers.js';
import { gated } from './gated.js';
import { inTime } from './in-time.js';
import { resolveVariables, type ResolvedVariables } from './resolve-variables.js';
import { useUrlState } from '../url-state.js';
import { writeRange } from '../time-range.js';

const scrapeMs = 15_000;

/** The dashboard's variables with their options and what the address chooses; asked again when the range changes, not at every refresh. */
export function useVariables({
  uid,
  title,
  variables,
}: Pick<Dashboard, 'uid' | 'title' | 'variables'>): UseQueryResult<ResolvedVariables> {
  const { params } = useUrlState();
  const { fromMs, toMs, range } = usePageRange();
  const client = useQueryClient();
  const chosen = variables.map(({ name }): readonly [string, readonly string[] | undefined] => {
    const given = params[`var-${name}`];
    return [name, typeof given === 'string' ? [given] : given];
  });
  const { from, to } = writeRange(range);
  const moves = variables.some(followsRange);
  return useQuery({
    queryKey: ['dashboard-variables', uid, variables, chosen, from, to, moves ? toMs : 0],
    queryFn: () => {
      const asked = new Map(chosen);
      return resolveVariables(variables, {
        ask: query =>
          client.fetchQuery({
            queryKey: ['dashboard-options', query, from, to, moves ? toMs : 0],
            // Its own signal: the answer is shared with whoever asks the same after this one was given up.
            queryFn: own =>
              gated(() => inTime(signal => valuesOf(query, { fromMs, toMs }, signal), own.signal), own.signal),
          }),
        asked: name => asked.get(name),
        rangeMs: toMs - fromMs,
        builtIn: builtIns({ fromMs, toMs, stepMs: 60_000, scrapeMs, dashboard: title, uid }),
      });
    },
    placeholderData: keepPreviousData,
    retry: false,
  });
}

const mostValues = 10_000;

async function valuesOf(query: VariableQuery, range: LabelQuery, signal: AbortSignal): Promise<readonly string[]> {
  switch (query.ask) {
    case 'label-values':
      return fetchLabelValues(
        query.label,
        { ...range, limit: mostValues, ...(query.match !== '' && { match: [query.match] }) },
        signal,
      );
    case 'label-names':
      return fetchLabelNames({ ...range, ...(query.match !== '' && { match: [query.match] }) }, signal);
    case 'metrics':
      return fetchLabelValues(
        '__name__',
        { ...range, limit: mostValues, match: [`{__name__=~${JSON.stringify(`.*(?:${query.pattern}).*`)}}`] },
        signal,
      );
    case 'series':
      return (await fetchSeries({ ...range, match: [query.match], limit: mostValues }, signal)).map(labelsText);
    case 'query-result': {
      const { series } = await queryInstant(query.expr, range.toMs, signal);
      return series.map(({ labels, values, timesMs }) =>
        `${labelsText(labels)} ${formatExactNumber(values[0])} ${timesMs[0] ?? ''}`.trim(),
      );
    }
  }
}
