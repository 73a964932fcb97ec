import { useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { filtersOf, type ResolvedVariables } from './resolve-variables.js';

/** Puts the ad hoc filters into a query; undefined when the query cannot be read. */
export type Filters = (expr: string) => string | undefined;

const none: Filters = expr => expr;

/** The ad hoc filters of the dashboard; undefined while what reads queries is on its way: only dashboards with filters need it. */
export function useFilters(variables: ResolvedVariables | undefined): Filters | undefined {
  const text = variables === undefined ? '' : JSON.stringify(filtersOf(variables));
  const isNeeded = text !== '' && text !== '[]';
  const module = useQuery({
    queryKey: ['module', 'filter-query'],
    queryFn: () => import('./filter-query.js'),
    enabled: isNeeded,
    staleTime: Infinity,
    gcTime: Infinity,
  }).data;
  return useMemo(() => {
    if (!isNeeded) return none;
    const filters: unknown = JSON.parse(text);
    const listed = Array.isArray(filters) ? filters.filter(one => typeof one === 'string') : [];
    return module === undefined ? undefined : expr => module.withFilters(expr, listed);
  }, [isNeeded, text, module]);
}
