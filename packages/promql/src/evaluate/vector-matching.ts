import type { ArithmeticOp, Binary, ComparisonOp, VectorMatching } from '../parse/ast.js';
import type { Annotations } from '../value/annotations.js';
import {
  labelsKey,
  labelValue,
  metricName,
  onlyLabels,
  withLabel,
  withoutLabels,
  withoutMetadata,
  type Labels,
} from '../value/labels.js';
import { labelsText } from '../value/labels-text.js';
import { QueryError } from '../value/query-error.js';
import { absent, float, histogram, type StepSeries } from '../value/series.js';
import { emptyColumn } from './column.js';
import type { Guard } from './guard.js';
import { arithmetic, comparison, isComparison, onHistograms } from './operators.js';
import { foreignText, incompatibleText } from './vector-scalar.js';

/** A text that two series share when the matching takes them for a pair. */
export function signatureOf({ on, labels }: VectorMatching): (of: Labels) => string {
  const names = new Set(on ? labels : [metricName, ...labels]);
  return on ? of => labelsKey(onlyLabels(of, names)) : of => labelsKey(withoutLabels(of, names));
}

/** The series of both sides that share a signature: `many` is the left side unless `group_right` turns them. */
interface MatchGroup {
  readonly many: StepSeries[];
  readonly one: StepSeries[];
}

/** A result that grows: pairs of series may give different steps of it. */
interface Growing {
  readonly labels: Labels;
  readonly group: MatchGroup;
  readonly kinds: Uint8Array;
  readonly values: Float64Array;
  histograms: StepSeries['histograms'];
}

/** What was wrong with a pair at a step; of several at one step the one of the last series is told, as Prometheus does. */
interface Complaint {
  readonly order: number;
  readonly level: 'warn' | 'info';
  readonly text: string;
}

/** An arithmetic operator or a comparison between two vectors. */
export function vectorVector(
  node: Binary,
  op: ArithmeticOp | ComparisonOp,
  {
    left,
    right,
    matching,
    stepCount,
    renames,
  }: {
    readonly left: readonly StepSeries[];
    readonly right: readonly StepSeries[];
    readonly matching: VectorMatching;
    readonly stepCount: number;
    /** The result is no longer of the metric that the series are of. */
    readonly renames: boolean;
  },
  { annotations, guard }: { readonly annotations: Annotations; readonly guard: Guard },
): readonly StepSeries[] {
  if (left.length === 0 || right.length === 0) return [];
  const isTurned = matching.card === 'one-to-many';
  const manySide = isTurned ? right : left;
  const groups = grouped(manySide, isTurned ? left : right, matching);
  const order = new Map(manySide.map((series, at) => [series, at]));
  const growing = new Map<string, Growing>();
  const complaints = new Map<number, Complaint>();
  const compute = isComparison(op) ? undefined : arithmetic(op);
  const holds = isComparison(op) ? comparison(op) : undefined;
  const anyMany = new AnyAt(manySide, stepCount);
  for (const group of groups) {
    guard.work(group.many.length + group.one.length);
    const holders = holdersOf(group, matching, anyMany);
    const matched = matching.card === 'one-to-one' && group.many.length > 1 ? new Uint8Array(stepCount) : undefined;
    for (const many of group.many) match(group, many, holders, matched);
  }
  for (const { level, text } of complaints.values()) annotations[level](text, node.start);
  return Array.from(growing.values(), ({ labels, kinds, values, histograms }) => ({
    labels,
    kinds,
    values,
    histograms,
    dropName: node.bool,
  }));

  function match(
    group: MatchGroup,
    many: StepSeries,
    holders: readonly (StepSeries | undefined)[] | undefined,
    matched: Uint8Array | undefined,
  ): void {
    let result: Growing | undefined;
    let [one] = group.one;
    if (one === undefined) return;
    const manyKinds = many.kinds;
    let oneKinds = one.kinds;
    guard.work(stepCount);
    for (let step = 0; step < stepCount; step++) {
      if (holders !== undefined) {
        const holder = holders[step];
        if (holder === undefined) continue;
        if (holder !== one) result = undefined;
        one = holder;
        oneKinds = one.kinds;
      }
      const manyKind = manyKinds[step]!;
      const oneKind = oneKinds[step]!;
      if (manyKind === absent || oneKind === absent) continue;
      let value = 0;
      let histogramValue;
      if (manyKind === float && oneKind === float) {
        const leftValue = isTurned ? one.values[step]! : many.values[step]!;
        const rightValue = isTurned ? many.values[step]! : one.values[step]!;
        if (compute !== undefined) value = compute(leftValue, rightValue);
        else if (holds !== undefined) {
          const kept = holds(leftValue, rightValue);
          if (node.bool) value = kept ? 1 : 0;
          else if (kept) value = leftValue;
          else continue;
        }
      } else {
        const manySample = many.histograms?.[step] ?? many.values[step]!;
        const oneSample = one.histograms?.[step] ?? one.values[step]!;
        const leftSample = isTurned ? oneSample : manySample;
        const rightSample = isTurned ? manySample : oneSample;
        const outcome = onHistograms(op, leftSample, rightSample);
        if (outcome.is === 'foreign') {
          complain(step, many, 'info', foreignText(op, typeOf(leftSample), typeOf(rightSample)));
          continue;
        }
        if (outcome.is === 'incompatible') {
          complain(step, many, 'warn', incompatibleText(op));
          continue;
        }
        if (outcome.is === 'value') histogramValue = outcome.value;
        else if (node.bool) value = outcome.holds ? 1 : 0;
        else if (!outcome.holds) continue;
        else if (typeof leftSample === 'number') value = leftSample;
        else histogramValue = leftSample;
      }
      if (matched !== undefined) {
        if (matched[step] === 1) {
          throw new QueryError(
            'execution',
            'multiple matches for labels: many-to-one matching must be explicit (group_left/group_right)',
          );
        }
        matched[step] = 1;
      }
      result ??= resultFor(group, many, one);
      if (result.kinds[step] !== absent) {
        throw new QueryError(
          'execution',
          result.group === group
            ? 'multiple matches for labels: grouping labels must ensure unique matches'
            : 'vector cannot contain metrics with the same labelset',
        );
      }
      if (histogramValue === undefined) {
        result.kinds[step] = float;
        result.values[step] = value;
      } else {
        result.kinds[step] = histogram;
        result.histograms ??= Array.from({ length: stepCount });
        result.histograms[step] = histogramValue;
      }
    }
  }

  function resultFor(group: MatchGroup, many: StepSeries, one: StepSeries): Growing {
    const labels = resultLabels(many.labels, one.labels, renames, matching);
    const key = labelsKey(labels);
    const known = growing.get(key);
    if (known !== undefined) return known;
    guard.hold(stepCount);
    const made: Growing = { labels, group, ...emptyColumn(stepCount), histograms: undefined };
    growing.set(key, made);
    return made;
  }

  function complain(step: number, many: StepSeries, level: Complaint['level'], text: string): void {
    const place = order.get(many) ?? 0;
    const known = complaints.get(step);
    if (known === undefined || known.order <= place) complaints.set(step, { order: place, level, text });
  }
}

function typeOf(sample: unknown): 'float' | 'histogram' {
  return typeof sample === 'number' ? 'float' : 'histogram';
}

function grouped(
  many: readonly StepSeries[],
  one: readonly StepSeries[],
  matching: VectorMatching,
): Iterable<MatchGroup> {
  const signature = signatureOf(matching);
  const groups = new Map<string, MatchGroup>();
  for (const series of one) {
    const key = signature(series.labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { many: [], one: [series] });
    else group.one.push(series);
  }
  for (const series of many) groups.get(signature(series.labels))?.many.push(series);
  return groups.values();
}

/** Whether a side has any sample at a step; worked out when it is asked for. */
class AnyAt {
  readonly #series: readonly StepSeries[];
  readonly #count: number;
  #any: Uint8Array | undefined;

  constructor(series: readonly StepSeries[], count: number) {
    this.#series = series;
    this.#count = count;
  }

  has(step: number): boolean {
    if (this.#any === undefined) {
      this.#any = new Uint8Array(this.#count);
      for (const { kinds } of this.#series) {
        for (let at = 0; at < kinds.length; at++) if (kinds[at] !== absent) this.#any[at] = 1;
      }
    }
    return this.#any[step] === 1;
  }
}

/**
 * Which series of the "one" side has a sample at each step; undefined when there is but one series.
 *
 * There must not be two at any step at which the other side has any sample at all.
 */
function holdersOf(
  { one }: MatchGroup,
  matching: VectorMatching,
  anyMany: AnyAt,
): readonly (StepSeries | undefined)[] | undefined {
  const [first] = one;
  if (first === undefined || one.length === 1) return undefined;
  const holders: (StepSeries | undefined)[] = Array.from({ length: first.kinds.length });
  for (const series of one) {
    for (let step = 0; step < holders.length; step++) {
      if (series.kinds[step] === absent) continue;
      const other = holders[step];
      if (other !== undefined && anyMany.has(step)) throw duplicateSeries(series, other, matching);
      holders[step] = series;
    }
  }
  return holders;
}

function duplicateSeries(series: StepSeries, other: StepSeries, matching: VectorMatching): QueryError {
  const names = new Set(matching.on ? matching.labels : [metricName, ...matching.labels]);
  const group = matching.on ? onlyLabels(series.labels, names) : withoutLabels(series.labels, names);
  const side = matching.card === 'one-to-many' ? 'left' : 'right';
  return new QueryError(
    'execution',
    `found duplicate series for the match group ${labelsText(group)} on the ${side} hand-side of the operation: ` +
      `[${labelsText(series.labels)}, ${labelsText(other.labels)}];many-to-many matching not allowed: ` +
      'matching labels must be unique on one side',
  );
}

function resultLabels(many: Labels, one: Labels, changesMetric: boolean, matching: VectorMatching): Labels {
  let labels = changesMetric ? withoutMetadata(many) : many;
  if (matching.card === 'one-to-one') {
    const names = new Set(matching.labels);
    labels = matching.on ? onlyLabels(labels, names) : withoutLabels(labels, names);
  }
  for (const name of matching.include) labels = withLabel(labels, name, labelValue(one, name));
  return labels;
}
