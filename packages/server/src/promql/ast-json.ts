import {
  type Expr,
  type Matcher,
  type TimeShift,
  type VectorMatching,
  jsonNumber,
  signatures,
} from '@bellwether/promql';

type Json = { readonly [key: string]: unknown };

/** An expression in the form of Prometheus' `parse_query`, which its pages and Grafana's plugins read. */
export function astJson(expr: Expr): Json {
  switch (expr.kind) {
    case 'numberLiteral':
      return { type: 'numberLiteral', val: jsonNumber(expr.value) };
    case 'stringLiteral':
      return { type: 'stringLiteral', val: expr.value };
    case 'paren':
      return { type: 'parenExpr', expr: astJson(expr.expr) };
    case 'unary':
      return { type: 'unaryExpr', op: expr.op, expr: astJson(expr.expr) };
    case 'binary':
      return {
        type: 'binaryExpr',
        op: expr.op,
        lhs: astJson(expr.left),
        rhs: astJson(expr.right),
        matching: expr.matching === undefined ? null : matchingJson(expr.matching),
        bool: expr.bool,
      };
    case 'aggregate':
      return {
        type: 'aggregation',
        op: expr.op,
        expr: astJson(expr.expr),
        param: expr.param === undefined ? null : astJson(expr.param),
        grouping: expr.grouping,
        without: expr.without,
      };
    case 'call':
      return { type: 'call', func: functionJson(expr.func), args: expr.args.map(astJson) };
    case 'vectorSelector':
      return { type: 'vectorSelector', name: expr.name, matchers: matchersJson(expr.matchers), ...shiftJson(expr) };
    case 'matrixSelector':
      return {
        type: 'matrixSelector',
        name: expr.vector.name,
        range: expr.rangeMs,
        matchers: matchersJson(expr.vector.matchers),
        ...shiftJson(expr.vector),
      };
    case 'subquery':
      return {
        type: 'subquery',
        expr: astJson(expr.expr),
        range: expr.rangeMs,
        step: expr.stepMs ?? 0,
        ...shiftJson(expr),
      };
  }
}

function matchingJson({ card, on, labels, include }: VectorMatching): Json {
  return { card, labels, on, include };
}

function matchersJson(matchers: readonly Matcher[]): readonly Json[] {
  return matchers.map(({ name, op, value }) => ({ name, value, type: op }));
}

function shiftJson({ offsetMs, at }: TimeShift): Json {
  return {
    offset: offsetMs,
    timestamp: typeof at === 'number' ? at : null,
    startOrEnd: typeof at === 'string' ? at : null,
  };
}

const typeNames = { scalar: 'scalar', vector: 'vector', matrix: 'matrix', string: 'string' } as const;

function functionJson(name: string): Json {
  const signature = signatures.get(name);
  if (signature === undefined) return { name };
  const { argTypes, variadic, returnType } = signature;
  return { name, argTypes: argTypes.map(type => typeNames[type]), variadic, returnType: typeNames[returnType] };
}
