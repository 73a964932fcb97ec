import type {
  AggregateOp,
  Binary,
  BinaryOp,
  Call,
  Expr,
  MatrixSelector,
  Subquery,
  VectorSelector,
} from '../parse/ast.js';
import { insideParens } from '../parse/walk.js';
import type { Steps } from '../value/series.js';

/** A second reading of the language's rules, for floats: one series and one step after the other, and as slow as that is. */

export type LabelSet = Readonly<Record<string, string>>;

export interface ModelPoint {
  readonly timeMs: number;
  readonly value: number | 'stale';
}

export interface ModelSeries {
  readonly labels: LabelSet;
  readonly points: readonly ModelPoint[];
}

/** A series of a vector: its value at each time at which it has one. */
export interface ModelVector {
  readonly labels: LabelSet;
  readonly at: ReadonlyMap<number, number>;
}

/** What may not be; the engine must refuse it too. */
export class ModelRefusal extends Error {}

const lookbackMs = 300_000;

/** Whether the last evaluation hung on which of two almost equal numbers is larger, or on the rest of a division. */
let wasClose = false;

export function hungOnRounding(): boolean {
  return wasClose;
}

function close(a: number, b: number): void {
  if (Math.abs(a - b) <= 1e-9 * Math.max(Math.abs(a), Math.abs(b), 1)) wasClose = true;
}

export function modelOf(data: readonly ModelSeries[], expr: Expr, query: Steps): readonly ModelVector[] {
  wasClose = false;
  const value = vectorAt(expr, timesOf(query.startMs, query.stepMs, query.count));
  return typeof value === 'function'
    ? [{ labels: {}, at: new Map(timesOf(query.startMs, query.stepMs, query.count).map(t => [t, value(t)])) }]
    : value;

  /** A scalar is a function of time. */
  function vectorAt(node: Expr, times: readonly number[]): readonly ModelVector[] | ((timeMs: number) => number) {
    switch (node.kind) {
      case 'numberLiteral':
        return () => node.value;
      case 'paren':
        return vectorAt(node.expr, times);
      case 'unary': {
        const value = vectorAt(node.expr, times);
        if (node.op === '+') return value;
        if (typeof value === 'function') return t => -value(t);
        return unique(value.map(one => ({ labels: nameless(one.labels), at: mapped(one.at, v => -v) })));
      }
      case 'vectorSelector':
        return selected(node).flatMap(({ labels, points }) => {
          const at = new Map<number, number>();
          for (const t of times) {
            const shifted = shift(node, t);
            const latest = points.findLast(({ timeMs }) => timeMs <= shifted);
            if (latest === undefined || latest.timeMs <= shifted - lookbackMs || latest.value === 'stale') continue;
            at.set(t, latest.value);
          }
          return at.size === 0 ? [] : [{ labels, at }];
        });
      case 'call':
        return called(node, times);
      case 'aggregate':
        return aggregated(node.op, node.grouping, node.without, vectorsAt(node.expr, times), times);
      case 'binary':
        return combined(node, times);
      default:
        throw new Error(`the model has no ${node.kind}`);
    }
  }

  function vectorsAt(node: Expr, times: readonly number[]): readonly ModelVector[] {
    const value = vectorAt(node, times);
    if (typeof value === 'function') throw new Error('a scalar where the model wants a vector');
    return value;
  }

  function selected(node: VectorSelector): readonly ModelSeries[] {
    return data.filter(({ labels }) =>
      node.matchers.every(({ name, op, value }) => (op === '=') === ((labels[name] ?? '') === value)),
    );
  }

  function shift({ at, offsetMs }: VectorSelector | Subquery, timeMs: number): number {
    const end = query.startMs + (query.count - 1) * query.stepMs;
    const base = at === 'start' ? query.startMs : at === 'end' ? end : (at ?? timeMs);
    return base - offsetMs;
  }

  /** What a range holds at one time, for each series. */
  function ranges(
    node: MatrixSelector | Subquery,
    timeMs: number,
    times: readonly number[],
  ): readonly { readonly labels: LabelSet; readonly points: readonly [number, number][] }[] {
    const end = shift(node.kind === 'subquery' ? node : node.vector, timeMs);
    const start = end - node.rangeMs;
    if (node.kind === 'matrixSelector') {
      return selected(node.vector).map(({ labels, points }) => ({
        labels,
        points: points.flatMap(({ timeMs: t, value }): [number, number][] =>
          t > start && t <= end && value !== 'stale' ? [[t, value]] : [],
        ),
      }));
    }
    // The inner expression is evaluated at all times of the span, also at those between the ranges: it may be refused there.
    const stepMs = node.stepMs ?? 60_000;
    const first = shift(node, times[0] ?? 0) - node.rangeMs;
    const last = shift(node, times.at(-1) ?? 0);
    const inner: number[] = [];
    for (let t = Math.ceil(first / stepMs) * stepMs; t <= last; t += stepMs) if (t > first) inner.push(t);
    return vectorsAt(node.expr, inner).map(({ labels, at }) => ({
      labels,
      points: [...at].filter(([t]) => t > start && t <= end).toSorted(([a], [b]) => a - b),
    }));
  }

  function called(node: Call, times: readonly number[]): readonly ModelVector[] {
    const arg = insideParens(node.args[0]!);
    if (arg.kind !== 'matrixSelector' && arg.kind !== 'subquery') {
      const input = vectorsAt(arg, times);
      if (node.func !== 'abs') throw new Error(`the model has no ${node.func}`);
      return disjoint(input.map(one => ({ labels: nameless(one.labels), at: mapped(one.at, Math.abs) })));
    }
    const results = new Map<string, { labels: LabelSet; at: Map<number, number> }>();
    for (const t of times) {
      for (const { labels, points } of ranges(arg, t, times)) {
        const end = shift(arg.kind === 'subquery' ? arg : arg.vector, t);
        const value = points.length === 0 ? undefined : reduced(node.func, points, end - arg.rangeMs, end);
        if (value === undefined) continue;
        const key = keyOf(labels);
        const known = results.get(key) ?? {
          labels: node.func === 'last_over_time' ? labels : nameless(labels),
          at: new Map(),
        };
        known.at.set(t, value);
        results.set(key, known);
      }
    }
    return unique([...results.values()]);
  }

  function combined(node: Binary, times: readonly number[]): readonly ModelVector[] | ((timeMs: number) => number) {
    const left = vectorAt(node.left, times);
    const right = vectorAt(node.right, times);
    const { op } = node;
    if (typeof left === 'function' && typeof right === 'function') {
      return t => Number(compute(op, left(t), right(t)));
    }
    if (typeof left === 'function' || typeof right === 'function') {
      const vector = typeof left === 'function' ? right : left;
      if (typeof vector === 'function') throw new Error('unreachable');
      const results = vector.flatMap(one => {
        const at = new Map<number, number>();
        for (const [t, v] of one.at) {
          const outcome =
            typeof left === 'function'
              ? compute(op, left(t), v)
              : compute(op, v, typeof right === 'function' ? right(t) : NaN);
          if (typeof outcome === 'number') at.set(t, outcome);
          else if (node.bool) at.set(t, Number(outcome));
          else if (outcome) at.set(t, v);
        }
        const keeps = !isArithmetic(op) && !node.bool;
        return at.size === 0 ? [] : [{ labels: keeps ? one.labels : nameless(one.labels), at }];
      });
      return disjoint(results);
    }
    return disjoint(times.flatMap(t => matchedAt(node, t, left, right)));
  }

  function matchedAt(
    { op, bool, matching }: Binary,
    t: number,
    left: readonly ModelVector[],
    right: readonly ModelVector[],
  ): readonly ModelVector[] {
    if (matching === undefined) throw new Error('two vectors without a matching');
    const { on, labels: names, card, include } = matching;
    const signature = ({ labels }: ModelVector): string =>
      keyOf(on ? only(labels, names) : without(labels, [...names, '__name__']));
    const lefts = left.filter(one => one.at.has(t));
    const rights = right.filter(one => one.at.has(t));
    const one = (labels: LabelSet, value: number): ModelVector => ({ labels, at: new Map([[t, value]]) });
    const same = (side: readonly ModelVector[], of: ModelVector): boolean =>
      side.some(other => signature(other) === signature(of));
    if (op === 'and' || op === 'or' || op === 'unless') {
      const kept = lefts.filter(of => op === 'or' || same(rights, of) === (op === 'and'));
      const added = op === 'or' ? rights.filter(of => !same(lefts, of)) : [];
      return [...kept, ...added].map(of => one(of.labels, of.at.get(t)!));
    }
    const isTurned = card === 'one-to-many';
    const manys = isTurned ? rights : lefts;
    const ones = isTurned ? lefts : rights;
    if (manys.length === 0) return [];
    if (new Set(ones.map(signature)).size < ones.length) throw new ModelRefusal('the "one" side is not one');
    const results: ModelVector[] = [];
    const taken = new Set<string>();
    for (const many of manys) {
      const match = ones.find(other => signature(other) === signature(many));
      if (match === undefined) continue;
      const value = isTurned ? match.at.get(t)! : many.at.get(t)!;
      const outcome = compute(op, value, isTurned ? many.at.get(t)! : match.at.get(t)!);
      if (outcome === false && !bool) continue;
      let labels = isArithmetic(op) || bool ? nameless(many.labels) : many.labels;
      if (card === 'one-to-one') labels = on ? only(labels, names) : without(labels, names);
      for (const name of include) labels = { ...without(labels, [name]), ...only(match.labels, [name]) };
      const place = card === 'one-to-one' ? signature(many) : `${signature(many)} ${keyOf(labels)}`;
      if (taken.has(place)) throw new ModelRefusal('the "many" side is not told apart');
      taken.add(place);
      results.push(one(labels, typeof outcome === 'number' ? outcome : bool ? Number(outcome) : value));
    }
    return results;
  }
}

function timesOf(startMs: number, stepMs: number, count: number): readonly number[] {
  return Array.from({ length: count }, (_, at) => startMs + at * stepMs);
}

function isArithmetic(op: BinaryOp): boolean {
  return ['+', '-', '*', '/', '%', '^', 'atan2'].includes(op);
}

function compute(op: BinaryOp, a: number, b: number): number | boolean {
  if (!isArithmetic(op)) close(a, b);
  if (op === '%' || (op === '/' && Math.abs(b) < 1e-9)) wasClose = true;
  switch (op) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return a / b;
    case '%':
      return a % b;
    case '==':
      return a === b;
    case '!=':
      return a !== b;
    case '>':
      return a > b;
    case '<':
      return a < b;
    case '>=':
      return a >= b;
    case '<=':
      return a <= b;
    default:
      throw new Error(`the model has no ${op}`);
  }
}

/** A range function as its documentation says it. */
function reduced(
  func: string,
  points: readonly [number, number][],
  startMs: number,
  endMs: number,
): number | undefined {
  const values = points.map(([, value]) => value);
  const total = values.reduce((a, b) => a + b, 0);
  if (['changes', 'resets', 'rate', 'increase'].includes(func)) {
    for (let at = 1; at < values.length; at++) close(values[at - 1]!, values[at]!);
  }
  switch (func) {
    case 'sum_over_time':
      return total;
    case 'avg_over_time':
      return total / values.length;
    case 'min_over_time':
      return Math.min(...values);
    case 'max_over_time':
      return Math.max(...values);
    case 'count_over_time':
      return values.length;
    case 'last_over_time':
      return values.at(-1);
    case 'changes':
      return values.filter((value, at) => at > 0 && value !== values[at - 1]).length;
    case 'resets':
      return values.filter((value, at) => at > 0 && value < values[at - 1]!).length;
    case 'increase':
    case 'rate': {
      const first = points[0]!;
      const last = points.at(-1)!;
      if (points.length < 2) return undefined;
      let growth = last[1] - first[1];
      for (let at = 1; at < values.length; at++) if (values[at]! < values[at - 1]!) growth += values[at - 1]!;
      const sampled = (last[0] - first[0]) / 1000;
      const spacing = sampled / (points.length - 1);
      let before = (first[0] - startMs) / 1000;
      let after = (endMs - last[0]) / 1000;
      if (before >= spacing * 1.1) before = spacing / 2;
      if (growth > 0 && first[1] >= 0) before = Math.min(before, sampled * (first[1] / growth));
      if (after >= spacing * 1.1) after = spacing / 2;
      const whole = (growth * (sampled + before + after)) / sampled;
      return func === 'rate' ? whole / ((endMs - startMs) / 1000) : whole;
    }
    default:
      throw new Error(`the model has no ${func}`);
  }
}

function aggregated(
  op: AggregateOp,
  grouping: readonly string[],
  isWithout: boolean,
  input: readonly ModelVector[],
  times: readonly number[],
): readonly ModelVector[] {
  const groups = new Map<string, { labels: LabelSet; members: ModelVector[] }>();
  for (const one of input) {
    const labels = isWithout ? without(one.labels, [...grouping, '__name__']) : only(one.labels, grouping);
    const group = groups.get(keyOf(labels)) ?? { labels, members: [] };
    group.members.push(one);
    groups.set(keyOf(labels), group);
  }
  return Array.from(groups.values(), ({ labels, members }) => {
    const at = new Map<number, number>();
    for (const t of times) {
      const values = members.flatMap(one => one.at.get(t) ?? []);
      if (values.length > 0) at.set(t, aggregateOf(op, values));
    }
    return { labels, at };
  });
}

function aggregateOf(op: AggregateOp, values: readonly number[]): number {
  const total = values.reduce((a, b) => a + b, 0);
  const mean = total / values.length;
  switch (op) {
    case 'sum':
      return total;
    case 'avg':
      return mean;
    case 'min':
      return Math.min(...values);
    case 'max':
      return Math.max(...values);
    case 'count':
      return values.length;
    case 'group':
      return 1;
    case 'stdvar':
      return values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
    default:
      throw new Error(`the model has no ${op}`);
  }
}

export function keyOf(labels: LabelSet): string {
  return JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function only(labels: LabelSet, names: readonly string[]): LabelSet {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => names.includes(name)));
}

function without(labels: LabelSet, names: readonly string[]): LabelSet {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !names.includes(name)));
}

function nameless(labels: LabelSet): LabelSet {
  return without(labels, ['__name__']);
}

function mapped(at: ReadonlyMap<number, number>, change: (value: number) => number): ReadonlyMap<number, number> {
  return new Map([...at].map(([t, value]) => [t, change(value)]));
}

/** No two series may have the same labels. */
function unique(vectors: readonly ModelVector[]): readonly ModelVector[] {
  if (new Set(vectors.map(({ labels }) => keyOf(labels))).size < vectors.length) {
    throw new ModelRefusal('the same labels twice');
  }
  return vectors;
}

/** Series of the same labels are one, unless they have a value at the same time. */
function disjoint(vectors: readonly ModelVector[]): readonly ModelVector[] {
  const merged = new Map<string, { labels: LabelSet; at: Map<number, number> }>();
  for (const { labels, at } of vectors) {
    const known = merged.get(keyOf(labels)) ?? { labels, at: new Map() };
    for (const [t, value] of at) {
      if (known.at.has(t)) throw new ModelRefusal('the same labels twice at one time');
      known.at.set(t, value);
    }
    merged.set(keyOf(labels), known);
  }
  return [...merged.values()];
}
