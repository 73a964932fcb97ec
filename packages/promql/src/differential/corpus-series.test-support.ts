import type { Expr, VectorSelector } from '../parse/ast.js';
import { childrenOf } from '../parse/walk.js';
import { compareText, labelsKey, labelsOf, metricName } from '../value/labels.js';
import { matches, type Matcher } from '../value/matcher.js';
import { examplesOf } from './pattern-examples.test-support.js';
import { randomOf, seedOf } from './random.test-support.js';
import type { TestSeries } from './test-series.test-support.js';

/** The hour that the series of other people's expressions fill. */
export const corpusToMs = 1_700_013_600_000;
export const corpusFromMs = corpusToMs - 3_600_000;
const everyMs = 60_000;

/** What an expression wants of its series. */
interface Wishes {
  readonly selectors: VectorSelector[];
  /** Labels by which it groups, matches and relabels. */
  readonly labels: Set<string>;
  /** Numbers it compares with. */
  readonly numbers: Set<number>;
}

function wishesOf(expr: Expr): Wishes {
  const wishes: Wishes = { selectors: [], labels: new Set(), numbers: new Set() };
  const open: Expr[] = [expr];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    if (node.kind === 'vectorSelector') wishes.selectors.push(node);
    if (node.kind === 'numberLiteral' && Math.abs(node.value) < 1e12) wishes.numbers.add(node.value);
    if (node.kind === 'aggregate') for (const label of node.grouping) wishes.labels.add(label);
    if (node.kind === 'binary' && node.matching !== undefined) {
      for (const label of [...node.matching.labels, ...node.matching.include]) wishes.labels.add(label);
    }
    if (node.kind === 'call' && node.func.startsWith('label_')) {
      for (const arg of node.args) if (arg.kind === 'stringLiteral') wishes.labels.add(arg.value);
    }
    open.push(...childrenOf(node));
  }
  return wishes;
}

/** Values of one label that fit all that is said of it, a few of them. */
function valuesFor(matchers: readonly Matcher[]): readonly string[] {
  const guesses = matchers.flatMap(({ op, value }) => (op === '=~' || op === '!~' ? examplesOf(value) : [value]));
  const fitting = [...guesses, 'a', 'b', 'x1', '7', ''].filter(text => matchers.every(one => matches(one, text)));
  return [...new Set(fitting)];
}

const isLabelName = (name: string): boolean => /^[a-zA-Z_]\w*$/.test(name) && name !== metricName;

/** Label sets that a selector takes, in a few variants. */
function labelSetsOf(
  selector: VectorSelector,
  wanted: ReadonlySet<string>,
): readonly Readonly<Record<string, string>>[] {
  const byLabel = new Map<string, Matcher[]>();
  for (const matcher of selector.matchers) byLabel.set(matcher.name, [...(byLabel.get(matcher.name) ?? []), matcher]);
  for (const name of wanted) if (isLabelName(name) && !byLabel.has(name)) byLabel.set(name, []);
  const choices = [...byLabel].map(([name, matchers]) => [name, valuesFor(matchers)] as const);
  if (choices.some(([, values]) => values.length === 0)) return [];
  return [0, 1, 2].map(variant =>
    Object.fromEntries(choices.map(([name, values]) => [name, values[variant % Math.min(values.length, 3)]!])),
  );
}

const bounds = ['0.1', '0.5', '1', '10', '+Inf'];

function isCounter(name: string): boolean {
  return /_(?:total|count|sum|bucket)$/.test(name);
}

/** What a gauge shows: now and then what its expression compares with and near it, times where it sounds like one. */
function gaugeValues(name: string, numbers: readonly number[], random: () => number): () => number {
  const near = numbers.flatMap(number => [number, number + 1, number - 1, number * 1.5, number / 2]);
  const isTime = /timestamp|time_seconds|_time$|expir|last_|created|not_after/.test(name);
  let held = 0;
  let left = 0;
  return () => {
    if (left-- > 0) return held;
    left = Math.floor(random() * 15);
    const choice = random();
    if (isTime) held = corpusToMs / 1000 - Math.floor((random() - 0.2) * 90_000);
    else if (choice < 0.5 && near.length > 0) held = near[Math.floor(random() * near.length)]!;
    else held = choice < 0.75 ? Math.floor(random() * 3) : random() * 100;
    return held;
  };
}

function pointsOf(labels: Readonly<Record<string, string>>, numbers: readonly number[]): TestSeries['points'] {
  const { [metricName]: name = '', le, ...rest } = labels;
  const random = randomOf(seedOf(name + JSON.stringify(rest)));
  const speed = [0.02, 1, 50][Math.floor(random() * 3)]!;
  const trouble = random();
  const gauge = gaugeValues(name, numbers, random);
  const share = le === undefined ? 1 : (bounds.indexOf(le) + 1) / bounds.length || 0.3;
  let total = 0;
  const points: TestSeries['points'][number][] = [];
  for (let timeMs = corpusFromMs + Math.floor(random() * everyMs); timeMs < corpusToMs; timeMs += everyMs) {
    const value = gauge();
    total += Math.floor(random() * speed * 60);
    if (random() < 0.005) total = 0;
    const isGap = trouble < 0.15 && random() < 0.3;
    if (!isGap) points.push([timeMs, isCounter(name) ? Math.floor(total * share) : value]);
  }
  // Some end before the hour does.
  const kept = trouble > 0.92 ? points.slice(0, Math.floor(points.length * 0.7)) : points;
  const [lastMs] = kept.at(-1) ?? [corpusFromMs];
  return trouble > 0.96 ? [...kept, [lastMs + everyMs, 'stale']] : kept;
}

/** How many label sets a metric has at most; buckets come on top. */
const mostPerMetric = 10;

/** Series for the selectors of expressions, made up so that each finds some, and that what they compare and match is there. */
export function corpusSeries(expressions: readonly Expr[]): readonly TestSeries[] {
  const sets = new Map<
    string,
    { readonly byKey: Map<string, Readonly<Record<string, string>>>; readonly numbers: Set<number> }
  >();
  for (const expr of expressions) {
    const { selectors, labels, numbers } = wishesOf(expr);
    for (const selector of selectors) {
      for (const labelSet of labelSetsOf(selector, labels)) {
        const { [metricName]: name = '' } = labelSet;
        if (name === '') continue;
        const known = sets.get(name) ?? { byKey: new Map(), numbers: new Set() };
        sets.set(name, known);
        for (const number of numbers) known.numbers.add(number);
        const isBucket = name.endsWith('_bucket');
        for (const le of isBucket ? bounds : [labelSet['le'] ?? '']) {
          const full = { ...labelSet, le };
          const key = labelsKey(labelsOf(full));
          if (known.byKey.size < mostPerMetric * (isBucket ? bounds.length : 1)) known.byKey.set(key, full);
        }
      }
    }
  }
  return [...sets]
    .sort(([a], [b]) => compareText(a, b))
    .flatMap(([, { byKey, numbers }]) =>
      [...byKey.values()].map(labels => ({ labels: labelsOf(labels), points: pointsOf(labels, [...numbers]) })),
    );
}
