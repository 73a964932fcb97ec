import { addConditions } from '../metrics/add-matcher.js';
import { labelText } from '../metrics/series-names.js';
import { readFilter } from './ad-hoc-filter.js';

/** The query with the filters in each of its selectors; undefined when it cannot be read. */
export function withFilters(expr: string, filters: readonly string[]): string | undefined {
  const conditions = filters.flatMap(filter => {
    const read = readFilter(filter);
    return read === undefined ? [] : [`${labelText(read.label)}${read.op}${JSON.stringify(read.value)}`];
  });
  return conditions.length === 0 ? expr : addConditions(expr, conditions);
}
