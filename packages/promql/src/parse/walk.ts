import type { Expr } from './ast.js';

/** The expressions right below one, from left to right. */
export function childrenOf(expr: Expr): readonly Expr[] {
  switch (expr.kind) {
    case 'numberLiteral':
    case 'stringLiteral':
    case 'vectorSelector':
      return [];
    case 'matrixSelector':
      return [expr.vector];
    case 'paren':
    case 'unary':
    case 'subquery':
      return [expr.expr];
    case 'binary':
      return [expr.left, expr.right];
    case 'aggregate':
      return expr.param === undefined ? [expr.expr] : [expr.param, expr.expr];
    case 'call':
      return expr.args;
  }
}

/** An expression without the parentheses around it. */
export function insideParens(expr: Expr): Expr {
  let inner = expr;
  while (inner.kind === 'paren') inner = inner.expr;
  return inner;
}
