import { signatures } from '../functions/signatures.js';
import type { Binary, BinaryOp, ComparisonOp, Expr, SetOp, ValueType } from './ast.js';

/** What an expression gives. */
export function typeOf(expr: Expr): ValueType {
  switch (expr.kind) {
    case 'numberLiteral':
      return 'scalar';
    case 'stringLiteral':
      return 'string';
    case 'paren':
    case 'unary':
      return typeOf(expr.expr);
    case 'binary':
      return typeOfBinary(expr);
    case 'call':
      return signatures.get(expr.func)?.returnType ?? 'vector';
    case 'aggregate':
    case 'vectorSelector':
      return 'vector';
    case 'matrixSelector':
    case 'subquery':
      return 'matrix';
  }
}

/** Kept, because the type of a long chain of operators is asked for at each of them. */
const ofBinaries = new WeakMap<Binary, ValueType>();

function typeOfBinary(expr: Binary): ValueType {
  const known = ofBinaries.get(expr);
  if (known !== undefined) return known;
  const type = typeOf(expr.left) === 'scalar' && typeOf(expr.right) === 'scalar' ? 'scalar' : 'vector';
  ofBinaries.set(expr, type);
  return type;
}

export function isSetOp(op: BinaryOp): op is SetOp {
  return op === 'and' || op === 'or' || op === 'unless';
}

export function isComparison(op: BinaryOp): op is ComparisonOp {
  return op === '==' || op === '!=' || op === '>' || op === '<' || op === '>=' || op === '<=';
}
