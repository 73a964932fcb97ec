import { functions } from '../functions/all.js';
import type { Aggregate, Call, Expr, VectorSelector } from '../parse/ast.js';
import { childrenOf, insideParens } from '../parse/walk.js';
import { firstSelector, type Plan } from './plan.js';

/**
 * The aggregations that need each series of a selector only once, with the request that brings it: `sum by (job) (rate(x[5m]))`.
 *
 * Only of selectors from which nothing else in the query is wanted: their samples may come in parts and be forgotten.
 */
export function foldsOf({ expr, constants, requestOf }: Plan): ReadonlyMap<Aggregate, number> {
  const found = new Map<Aggregate, number>();
  visit(expr);
  const uses = new Map<number, number>();
  for (const request of requestOf.values()) uses.set(request, (uses.get(request) ?? 0) + 1);
  for (const request of found.values()) uses.set(request, (uses.get(request) ?? 0) - 1);
  return new Map([...found].filter(([, request]) => uses.get(request) === 0));

  /** A subquery looks at other times than the query itself, and so does what is worked out once for all steps. */
  function visit(node: Expr): void {
    if (node.kind === 'subquery' || constants.has(node)) return;
    const selector = node.kind === 'aggregate' && node.param === undefined ? selectorOf(node.expr) : undefined;
    const request = selector === undefined ? undefined : requestOf.get(selector);
    if (node.kind === 'aggregate' && request !== undefined) found.set(node, request);
    else for (const child of childrenOf(node)) visit(child);
  }
}

/** The selector whose series are the operand, or are turned into it one by one. */
function selectorOf(operand: Expr): VectorSelector | undefined {
  const inner = insideParens(operand);
  if (inner.kind === 'vectorSelector') return inner;
  return inner.kind === 'call' ? rangeOf(inner) : undefined;
}

function rangeOf(call: Call): VectorSelector | undefined {
  const func = functions.get(call.func);
  if (func?.kind !== 'range' || func.finish !== undefined) return undefined;
  let selector: VectorSelector | undefined;
  for (const arg of call.args) {
    const inner = insideParens(arg);
    if (inner.kind === 'matrixSelector') selector = inner.vector;
    else if (firstSelector(inner) !== undefined) return undefined;
  }
  return selector;
}
