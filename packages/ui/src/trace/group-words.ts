import type { SpanColumns } from './span-tree.js';
import type { SpanGroup } from './waterfall.js';

/** OTLP's span kind 3. */
const kindClient = 3;

const sqlStart = /^\s*(select|insert|update|delete|with|merge|call|exec)\b/i;

/** What the members of a group are, in one plural word. */
export function groupNoun(spans: SpanColumns, group: SpanGroup): 'queries' | 'calls' | 'spans' {
  if (sqlStart.test(spans.group[group.first] ?? '')) return 'queries';
  return spans.kind[group.first] === kindClient ? 'calls' : 'spans';
}

/**
 * Is this the N+1 pattern: the same query or call one after the other, where one for all would do?
 * Work done at once (more time added up than passed) is not.
 */
export function isNPlusOne(spans: SpanColumns, group: SpanGroup): boolean {
  return groupNoun(spans, group) !== 'spans' && group.totalUs <= (group.endUs - group.startUs) * 1.5;
}
