import { resolveDurations } from '../parse/duration-expression.js';
import type { AtTime, Call, Expr, TimeShift, VectorSelector } from '../parse/ast.js';
import { childrenOf } from '../parse/walk.js';
import type { SelectRequest } from '../source.js';
import { metricName } from '../value/labels.js';
import type { Matcher } from '../value/matcher.js';
import { QueryError } from '../value/query-error.js';
import type { Steps } from '../value/series.js';
import { endOf, subquerySteps } from './grid.js';
import type { Evaluation } from './options.js';

/** A query made ready: durations worked out, what has to be fetched, and what is the same at every step. */
export interface Plan {
  readonly expr: Expr;
  readonly steps: Steps;
  readonly requests: readonly SelectRequest[];
  /** Which request brings the series of a selector, or the info series of a call of `info`. */
  readonly requestOf: ReadonlyMap<VectorSelector | Call, number>;
  /** Expressions that come to the same at every step. */
  readonly constants: ReadonlySet<Expr>;
}

/** The times at which a part of the query is looked at: first and last. */
interface Span {
  readonly startMs: number;
  readonly endMs: number;
}

/** Functions that see the time of the step itself. */
const seesStepTime: ReadonlySet<string> = new Set([
  'day_of_month',
  'day_of_week',
  'day_of_year',
  'days_in_month',
  'hour',
  'minute',
  'month',
  'predict_linear',
  'time',
  'timestamp',
  'year',
]);

export function planOf(query: Expr, steps: Steps, evaluation: Evaluation): Plan {
  const expr = resolveDurations(query, steps.stepMs);
  const requests: SelectRequest[] = [];
  const places = new Map<string, number>();
  const requestOf = new Map<VectorSelector | Call, number>();
  const constants = new Set<Expr>();

  function ask(node: VectorSelector | Call, request: SelectRequest): void {
    const key = requestKey(request);
    const place = places.get(key);
    if (place === undefined) {
      places.set(key, requests.length);
      requestOf.set(node, requests.length);
      requests.push(request);
      return;
    }
    requestOf.set(node, place);
    const asked = requests[place];
    if (asked === undefined || asked.hint.func === request.hint.func) return;
    requests[place] = { ...asked, hint: { ...asked.hint, func: undefined } };
  }

  function select(
    node: VectorSelector | Call,
    { matchers, shift, backMs, rangeMs, span, stepMs, func }: Selection,
  ): void {
    const at = atMs(shift.at, steps);
    const startMs = (at ?? span.startMs) - shift.offsetMs - backMs + (evaluation.leftOpen ? 1 : 0);
    const endMs = (at ?? span.endMs) - shift.offsetMs;
    ask(node, { matchers, startMs, endMs, hint: { func, rangeMs, stepMs } });
  }

  /** Notes what the expression needs, and says whether it is constant. */
  function visit(node: Expr, span: Span, stepMs: number, func: string | undefined): boolean {
    const isConstant = look(node, span, stepMs, func);
    if (isConstant) constants.add(node);
    return isConstant;
  }

  function look(node: Expr, span: Span, stepMs: number, func: string | undefined): boolean {
    switch (node.kind) {
      case 'numberLiteral':
      case 'stringLiteral':
        return true;
      case 'paren':
        return visit(node.expr, span, stepMs, func);
      case 'unary':
        return visit(node.expr, span, stepMs, func);
      case 'binary': {
        const left = visit(node.left, span, stepMs, undefined);
        const right = visit(node.right, span, stepMs, undefined);
        return left && right;
      }
      case 'aggregate': {
        const param = node.param === undefined || visit(node.param, span, stepMs, undefined);
        return visit(node.expr, span, stepMs, node.op) && param;
      }
      case 'call': {
        if (node.func === 'info') return infoCall(node, span, stepMs);
        let isConstant = !seesStepTime.has(node.func);
        for (const arg of node.args) isConstant = visit(arg, span, stepMs, node.func) && isConstant;
        return isConstant;
      }
      case 'vectorSelector':
        select(node, {
          matchers: node.matchers,
          shift: node,
          backMs: evaluation.lookbackMs,
          rangeMs: undefined,
          span,
          stepMs,
          func,
        });
        return node.at !== undefined;
      case 'matrixSelector':
        select(node.vector, {
          matchers: node.vector.matchers,
          shift: node.vector,
          backMs: node.rangeMs,
          rangeMs: node.rangeMs,
          span,
          stepMs,
          func,
        });
        return node.vector.at !== undefined;
      case 'subquery': {
        const at = atMs(node.at, steps);
        const inner = subquerySteps(
          (at ?? span.startMs) - node.offsetMs - node.rangeMs,
          (at ?? span.endMs) - node.offsetMs,
          node.stepMs ?? evaluation.subqueryStepMs,
          evaluation.leftOpen,
        );
        if (inner.count > evaluation.maxSamples) {
          throw new QueryError(
            'execution',
            'query processing would load too many samples into memory in query execution',
          );
        }
        visit(node.expr, { startMs: inner.startMs, endMs: endOf(inner) }, inner.stepMs, undefined);
        return node.at !== undefined;
      }
    }
  }

  function infoCall(node: Call, span: Span, stepMs: number): boolean {
    const [base, data] = node.args;
    const isConstant = base !== undefined && visit(base, span, stepMs, undefined);
    const given = data?.kind === 'vectorSelector' ? data.matchers : [];
    const isNamed = given.some(matcher => matcher.name === metricName);
    const shift = (base && firstSelector(base)) ?? { offsetMs: 0, offsetExpr: undefined, at: undefined };
    select(node, {
      matchers: isNamed ? given : [{ name: metricName, op: '=' as const, value: 'target_info' }, ...given],
      shift,
      backMs: evaluation.lookbackMs,
      rangeMs: undefined,
      span,
      stepMs,
      func: 'info',
    });
    return isConstant;
  }

  visit(expr, { startMs: steps.startMs, endMs: endOf(steps) }, steps.stepMs, undefined);
  return { expr, steps, requests, requestOf, constants };
}

interface Selection {
  readonly matchers: readonly Matcher[];
  readonly shift: TimeShift;
  readonly backMs: number;
  readonly rangeMs: number | undefined;
  readonly span: Span;
  readonly stepMs: number;
  readonly func: string | undefined;
}

/** The time of `@`; `start()` and `end()` are those of the whole query. */
export function atMs(at: AtTime | undefined, query: Steps): number | undefined {
  if (at === 'start') return query.startMs;
  if (at === 'end') return query.endMs ?? endOf(query);
  return at;
}

/** The selector an info call takes offset and `@` for its info series from. */
export function firstSelector(expr: Expr): VectorSelector | undefined {
  if (expr.kind === 'vectorSelector') return expr;
  for (const child of childrenOf(expr)) {
    const found = firstSelector(child);
    if (found !== undefined) return found;
  }
  return undefined;
}

function requestKey({ matchers, startMs, endMs }: SelectRequest): string {
  return JSON.stringify([startMs, endMs, ...matchers.map(({ name, op, value }) => [name, op, value])]);
}
