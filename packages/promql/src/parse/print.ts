import { metricName } from '../value/labels.js';
import type { Matcher } from '../value/matcher.js';
import type { Aggregate, Binary, DurationExpr, Expr, Subquery, TimeShift, VectorSelector } from './ast.js';
import { printDuration } from './duration.js';
import { printNumber } from './number.js';
import { quoted } from './quoting.js';

/**
 * An expression on one line, as Prometheus prints it: matchers sorted, grouping before the argument, no needless blanks.
 *
 * Reads back as the same expression, if it came from the parser: no parentheses are added.
 */
export function printExpr(expr: Expr): string {
  return print(expr, new Map());
}

/** Longer expressions are broken into lines. */
const maxLineLength = 100;

/** An expression over several lines, as Prometheus' `format_query` and `promtool promql format` wrap it. */
export function formatExpr(expr: Expr): string {
  return format(expr, 0, new Map());
}

/** What was printed already; a node is asked for at every level above it. */
type Printed = Map<Expr, string>;

function print(expr: Expr, printed: Printed): string {
  const known = printed.get(expr);
  if (known !== undefined) return known;
  const text = printNew(expr, printed);
  printed.set(expr, text);
  return text;
}

function printNew(expr: Expr, printed: Printed): string {
  switch (expr.kind) {
    case 'numberLiteral':
      return expr.isDuration ? printSeconds(expr.value) : printNumber(expr.value);
    case 'stringLiteral':
      return quoted(expr.value);
    case 'paren':
      return `(${print(expr.expr, printed)})`;
    case 'unary':
      return expr.op + print(expr.expr, printed);
    case 'binary':
      return `${print(expr.left, printed)} ${operator(expr)} ${print(expr.right, printed)}`;
    case 'aggregate': {
      const param = expr.param === undefined ? '' : `${print(expr.param, printed)}, `;
      return `${aggregation(expr)}(${param}${print(expr.expr, printed)})`;
    }
    case 'call':
      return `${expr.func}(${expr.args.map(arg => print(arg, printed)).join(', ')})`;
    case 'vectorSelector':
      return printSelector(expr) + shift(expr);
    case 'matrixSelector': {
      const range = expr.rangeExpr === undefined ? printDuration(expr.rangeMs) : printDurationExpr(expr.rangeExpr);
      return `${printSelector(expr.vector)}[${range}]${shift(expr.vector)}`;
    }
    case 'subquery':
      return print(expr.expr, printed) + subqueryRange(expr);
  }
}

/** The name and matchers of a selector. */
function printSelector({ name, matchers }: VectorSelector): string {
  const isName = (matcher: Matcher): boolean =>
    matcher.name === metricName && matcher.op === '=' && matcher.value === name && name !== '';
  const printed = matchers.filter(matcher => !isName(matcher)).map(printMatcher);
  return printed.length === 0 && name !== '' ? name : `${name}{${printed.toSorted().join(',')}}`;
}

/** A matcher as it stands between braces. */
export function printMatcher({ name, op, value }: Matcher): string {
  return `${/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(name) ? name : quoted(name)}${op}${quoted(value)}`;
}

function shift({ at, offsetMs, offsetExpr }: TimeShift): string {
  let text = '';
  if (typeof at === 'number') text += ` @ ${(at / 1000).toFixed(3)}`;
  else if (at !== undefined) text += ` @ ${at}()`;
  if (offsetExpr !== undefined) text += ` offset ${printDurationExpr(offsetExpr)}`;
  else if (offsetMs !== 0) text += ` offset ${printSeconds(offsetMs / 1000)}`;
  return text;
}

function subqueryRange(expr: Subquery): string {
  const range = expr.rangeExpr === undefined ? printDuration(expr.rangeMs) : printDurationExpr(expr.rangeExpr);
  const step = expr.stepMs === undefined ? '' : printDuration(expr.stepMs);
  return `[${range}:${expr.stepExpr === undefined ? step : printDurationExpr(expr.stepExpr)}]${shift(expr)}`;
}

function printSeconds(seconds: number): string {
  const ms = Math.round(Math.abs(seconds) * 1e6) / 1e3;
  return `${seconds < 0 ? '-' : ''}${printDuration(ms)}`;
}

function printDurationExpr(expr: DurationExpr): string {
  switch (expr.kind) {
    case 'durationNumber':
      return expr.isDuration ? printSeconds(expr.seconds) : printNumber(expr.seconds);
    case 'durationStep':
      return 'step()';
    case 'durationParen':
      return `(${printDurationExpr(expr.expr)})`;
    case 'durationUnary':
      return expr.op + printDurationExpr(expr.expr);
    case 'durationBinary':
      return `${printDurationExpr(expr.left)} ${expr.op} ${printDurationExpr(expr.right)}`;
    case 'durationChoice':
      return `${expr.func}(${printDurationExpr(expr.left)}, ${printDurationExpr(expr.right)})`;
  }
}

/** The operator of two sides with what belongs to it: `== bool on (a) group_left (b)`. */
function operator({ op, bool, matching }: Binary): string {
  let text = bool ? `${op} bool` : op;
  if (matching === undefined) return text;
  const { card, on, labels, include } = matching;
  const isGrouped = card === 'many-to-one' || card === 'one-to-many';
  if (labels.length > 0 || on || isGrouped) text += ` ${on ? 'on' : 'ignoring'} (${labelList(labels)})`;
  if (isGrouped) text += ` group_${card === 'many-to-one' ? 'left' : 'right'} (${labelList(include)})`;
  return text;
}

function aggregation({ op, grouping, without }: Aggregate): string {
  if (without) return `${op} without (${labelList(grouping)}) `;
  return grouping.length > 0 ? `${op} by (${labelList(grouping)}) ` : op;
}

/** Labels as they may stand without quotes; some words would be read as what they mean. */
const plainLabel = /^(?!(?:inf|nan|without)$)[a-zA-Z_:][a-zA-Z0-9_:]*$/i;

function labelList(labels: readonly string[]): string {
  return labels.map(label => (plainLabel.test(label) ? label : quoted(label))).join(', ');
}

function format(expr: Expr, level: number, printed: Printed): string {
  const indent = '  '.repeat(level);
  const line = print(expr, printed);
  const inner = (child: Expr): string => format(child, level + 1, printed);
  switch (expr.kind) {
    case 'unary':
      return indent + expr.op + format(expr.expr, level, printed).trim();
    case 'subquery':
      return line.length <= maxLineLength ? line : format(expr.expr, level, printed) + subqueryRange(expr);
    case 'paren':
      if (line.length <= maxLineLength) break;
      return `${indent}(\n${inner(expr.expr)}\n${indent})`;
    case 'binary':
      if (line.length <= maxLineLength) break;
      return `${inner(expr.left)}\n${indent}${operator(expr)}\n${inner(expr.right)}`;
    case 'call':
      if (line.length <= maxLineLength) break;
      return `${indent}${expr.func}(\n${expr.args.map(inner).join(',\n')}\n${indent})`;
    case 'aggregate': {
      if (line.length <= maxLineLength) break;
      const param = expr.param === undefined ? '' : `${inner(expr.param)},\n`;
      return `${indent}${aggregation(expr)}(\n${param}${inner(expr.expr)}\n${indent})`;
    }
    case 'numberLiteral':
    case 'stringLiteral':
    case 'vectorSelector':
    case 'matrixSelector':
  }
  return indent + line;
}
