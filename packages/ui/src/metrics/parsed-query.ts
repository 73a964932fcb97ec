import { parseExpr, type Expr, type VectorSelector } from '@bellwether/promql';

/** What the engine takes without a flag of its own: the editor reads no less than the server. */
export const allowed = { experimentalFunctions: true, durationExpressions: true };

let last: { readonly text: string; readonly expr: Expr | undefined } | undefined;

/** The query as a tree; undefined when it cannot be read. */
export function parsedQuery(text: string): Expr | undefined {
  // Unit, legend and builder ask for the same text in turn.
  if (last?.text === text) return last.expr;
  let expr: Expr | undefined;
  try {
    expr = parseExpr(text, allowed);
  } catch {
    expr = undefined;
  }
  last = { text, expr };
  return expr;
}

/** Every place where an expression selects series. */
export function selectorsOf(expr: Expr): readonly VectorSelector[] {
  if (expr.kind === 'vectorSelector') return [expr];
  return partsOf(expr).flatMap(selectorsOf);
}

/** The ranges over which an expression looks back, in ms. */
export function rangesOf(expr: Expr): readonly number[] {
  const own = expr.kind === 'matrixSelector' || expr.kind === 'subquery' ? [expr.rangeMs] : [];
  return [...own, ...partsOf(expr).flatMap(rangesOf)];
}

function partsOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'matrixSelector':
      return [expr.vector];
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr];
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.expr, expr.param];
    case 'call':
      return expr.args;
    case 'binary':
      return [expr.left, expr.right];
    case 'vectorSelector':
    case 'numberLiteral':
    case 'stringLiteral':
      return [];
  }
}

/** The metric that a selector names; '' when it names none. */
export function metricOf({ name, matchers }: VectorSelector): string {
  if (name !== '') return name;
  return matchers.find(matcher => matcher.name === '__name__' && matcher.op === '=')?.value ?? '';
}

/** The metrics that an expression selects by name, each once. */
export function metricsOf(expr: Expr): readonly string[] {
  return [...new Set(selectorsOf(expr).map(metricOf))].filter(name => name !== '');
}
