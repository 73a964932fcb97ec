/** One step of a query plan, those that feed it behind it and deeper. */
export type PlanStep = {
  readonly depth: number;
  /** What is done, and with which table and index. */
  readonly title: string;
  /** What it is done by: conditions, sort keys. */
  readonly by: string;
  /** Cost of the step with all that feeds it, in the planner's unit; undefined where the plan has none. */
  readonly cost: number | undefined;
  /** Rows that the planner expects. */
  readonly rows: number | undefined;
  /** It reads all rows of a table, and these are many. */
  readonly readsAll: boolean;
};

const maxSteps = 500;
const maxDepth = 40;

/** From so many rows on, reading all of a table is worth a look. */
const manyRows = 1000;

type Plain = { readonly [name: string]: unknown };

/**
 * The steps of a plan of PostgreSQL (`EXPLAIN (FORMAT JSON)`), MySQL or MariaDB (`EXPLAIN FORMAT=JSON`), the outermost first.
 * Undefined for a plan of another form: it is shown as it came.
 */
export function planSteps(plan: string): readonly PlanStep[] | undefined {
  const parsed = parsedPlan(plan);
  const steps: PlanStep[] = [];
  if (isPlain(parsed) && isPlain(parsed['query_block'])) walkBlock('query', parsed['query_block'], 0, steps);
  else {
    const top = Array.isArray(parsed) ? (parsed as readonly unknown[])[0] : parsed; // `isArray` knows nothing of members
    if (isPlain(top) && isPlain(top['Plan'])) walkNode(top['Plan'], 0, steps);
  }
  return steps.length === 0 ? undefined : steps;
}

/** What two plans of the same query do differently: the steps that only one of them has. Undefined when they do the same, whatever they cost. */
export function planChange(
  before: readonly PlanStep[],
  after: readonly PlanStep[],
): { readonly gone: readonly string[]; readonly added: readonly string[] } | undefined {
  const gone = without(before, after);
  const added = without(after, before);
  if (gone.length > 0 || added.length > 0) return { gone, added };
  const isSameOrder = after.every(({ title, depth }, i) => before[i]?.title === title && before[i].depth === depth);
  return isSameOrder ? undefined : { gone: ['the same steps'], added: ['in another order'] };
}

function without(steps: readonly PlanStep[], others: readonly PlanStep[]): readonly string[] {
  const left = new Map<string, number>();
  for (const { title } of others) left.set(title, (left.get(title) ?? 0) + 1);
  return steps.flatMap(({ title }) => {
    const count = left.get(title) ?? 0;
    left.set(title, count - 1);
    return count > 0 ? [] : [title];
  });
}

function parsedPlan(plan: string): unknown {
  try {
    return JSON.parse(plan);
  } catch {
    return undefined;
  }
}

const isPlain = (value: unknown): value is Plain =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const textOf = (value: unknown): string =>
  typeof value === 'string'
    ? value
    : Array.isArray(value)
      ? value.filter(each => typeof each === 'string').join(', ')
      : '';

const numberOf = (value: unknown): number | undefined => {
  const number = typeof value === 'string' && value !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
};

const joined = (parts: readonly string[], between: string): string => parts.filter(part => part !== '').join(between);

/** https://www.postgresql.org/docs/current/sql-explain.html */
function walkNode(node: Plain, depth: number, steps: PlanStep[]): void {
  if (steps.length >= maxSteps || depth > maxDepth) return;
  const type = textOf(node['Node Type']);
  const index = textOf(node['Index Name']);
  const table = textOf(node['Relation Name']) || textOf(node['CTE Name']) || textOf(node['Function Name']);
  const rows = numberOf(node['Plan Rows']);
  steps.push({
    depth,
    title: joined([type || 'Step', index && `using ${index}`, table && `on ${table}`], ' '),
    by: joined(
      ['Index Cond', 'Hash Cond', 'Merge Cond', 'Join Filter', 'Filter', 'Sort Key', 'Group Key'].map(name =>
        textOf(node[name]),
      ),
      '; ',
    ),
    cost: numberOf(node['Total Cost']),
    rows,
    readsAll: type === 'Seq Scan' && (rows ?? 0) >= manyRows,
  });
  const { Plans: inner } = node;
  if (Array.isArray(inner)) for (const each of inner) if (isPlain(each)) walkNode(each, depth + 1, steps);
}

/** https://dev.mysql.com/doc/refman/8.4/en/explain-output.html, and MariaDB's, which has `rows` and no costs. */
function walkBlock(name: string, block: Plain, depth: number, steps: PlanStep[]): void {
  if (steps.length >= maxSteps || depth > maxDepth) return;
  const costs = isPlain(block['cost_info']) ? block['cost_info'] : {};
  const table = textOf(block['table_name']);
  const access = textOf(block['access_type']);
  const rows = numberOf(block['rows_examined_per_scan']) ?? numberOf(block['rows']);
  const key = textOf(block['key']);
  steps.push({
    depth,
    title:
      table === ''
        ? name.replaceAll('_', ' ')
        : joined([accessWords.get(access) ?? access, key && `using ${key}`, `on ${table}`], ' '),
    by: textOf(block['attached_condition']),
    cost: numberOf(costs['query_cost']) ?? numberOf(costs['prefix_cost']) ?? numberOf(block['cost']),
    rows,
    readsAll: access === 'ALL' && (rows ?? 0) >= manyRows,
  });
  for (const [inner, value] of Object.entries(block)) {
    if (inner === 'cost_info') continue;
    for (const each of Array.isArray(value) ? (value as readonly unknown[]) : [value]) {
      // `isArray` knows nothing of members
      if (!isPlain(each)) continue;
      // Lists hold objects of one member, which says what it is.
      const only = isPlain(each['table']) ? each['table'] : each;
      walkBlock(inner, only, depth + 1, steps);
    }
  }
}

const accessWords: ReadonlyMap<string, string> = new Map([
  ['ALL', 'Full scan'],
  ['index', 'Full index scan'],
  ['range', 'Range scan'],
  ['ref', 'Look-up'],
  ['eq_ref', 'Look-up of one row'],
  ['const', 'Look-up of one row'],
]);
