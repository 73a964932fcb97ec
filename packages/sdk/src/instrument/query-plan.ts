import { type SqlDialect, sqlShape } from './sql.js';
import type { StatementShape } from './statements.js';

const maxDepth = 40;
const maxNodes = 2000;
const maxPlanChars = 16_384;

/** Members of plans that name things and hold no values. All other texts are taken for SQL, and lose their literals. */
const names = new Set([
  'Node Type',
  'Parent Relationship',
  'Relation Name',
  'Schema',
  'Alias',
  'Index Name',
  'Join Type',
  'Scan Direction',
  'Strategy',
  'Partial Mode',
  'CTE Name',
  'Subplan Name',
  'Function Name',
  'table_name',
  'access_type',
  'key',
  'index_type',
]);

/**
 * Whether a statement may be explained: one that only reads. `text` is the one without literals and comments, so that words in them do not count; what takes locks, writes by a
 * `WITH` or `INTO`, calls a sequence, or is more than one statement is left alone.
 */
export function isExplainable({ operation, text }: StatementShape): boolean {
  if (operation !== 'SELECT' || text.length >= 8000) return false;
  if (/;(?!\s*$)/.test(text)) return false;
  return !/\b(?:into|insert|update|delete|merge|replace|truncate|call|copy|lock|share|nextval|setval|dblink\w*|lo_\w+|pg_(?:sleep|terminate|cancel|advisory)\w*|sleep|benchmark|get_lock)\b/i.test(
    text,
  );
}

/** A plan as JSON without the values that its conditions hold, or undefined when there is none. */
export function planText(plan: unknown, dialect: SqlDialect): string | undefined {
  let left = maxNodes;
  const clean = (value: unknown, name: string, depth: number): unknown => {
    if (--left < 0 || depth === 0) return undefined;
    if (typeof value === 'string') return names.has(name) ? value.slice(0, 200) : sqlShape(value, dialect).text;
    if (typeof value === 'number' || typeof value === 'boolean') return value;
    if (Array.isArray(value)) return value.map((item: unknown) => clean(item, name, depth - 1));
    if (typeof value !== 'object' || value === null) return undefined;
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]: [string, unknown]) => [key, clean(inner, key, depth - 1)]),
    );
  };
  const parsed: unknown = typeof plan === 'string' ? JSON.parse(plan) : plan;
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const text = JSON.stringify(clean(parsed, '', maxDepth));
  return text.length > maxPlanChars ? undefined : text;
}
