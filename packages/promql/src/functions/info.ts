import { emptyColumn } from '../evaluate/column.js';
import { labelsText } from '../value/labels-text.js';
import { labelsKey, labelValue, metricName, onlyLabels, withLabel, type Labels } from '../value/labels.js';
import { matches, type Matcher } from '../value/matcher.js';
import { QueryError } from '../value/query-error.js';
import { absent, float, type StepSeries } from '../value/series.js';
import type { VectorFunction } from './define.js';

/** The labels by which a series finds its info series. */
const identifying: ReadonlySet<string> = new Set(['instance', 'job']);

/** What a series has of the identifying labels, as a key. */
function identityOf(labels: Labels): string {
  return labelsKey(onlyLabels(labels, identifying));
}

/** Info series of one metric and one identity. */
interface Known {
  readonly name: string;
  readonly series: readonly StepSeries[];
}

function knownByIdentity(info: readonly StepSeries[]): ReadonlyMap<string, readonly Known[]> {
  const byIdentity = new Map<string, Map<string, StepSeries[]>>();
  for (const one of info) {
    const identity = identityOf(one.labels);
    let names = byIdentity.get(identity);
    if (names === undefined) byIdentity.set(identity, (names = new Map()));
    const name = labelValue(one.labels, metricName);
    const same = names.get(name);
    if (same === undefined) names.set(name, [one]);
    else same.push(one);
  }
  return new Map(
    [...byIdentity].map(([key, names]) => [key, Array.from(names, ([name, series]) => ({ name, series }))]),
  );
}

/** The newest info series at a step; two of the same time are a mistake. Their values are the times of their samples. */
function newest({ name, series }: Known, step: number): StepSeries | undefined {
  let best: StepSeries | undefined;
  for (const one of series) {
    if (one.kinds[step] !== float) continue;
    const age = one.values[step]! - (best?.values[step] ?? -Infinity);
    if (age === 0) throw new QueryError('execution', `found duplicate series for info metric ${name}`);
    if (age > 0) best = one;
  }
  return best;
}

/** The labels that info series add to a series, sorted; those it has already stay. */
function addedLabels(base: Labels, info: readonly StepSeries[], wanted: ReadonlySet<string> | undefined): Labels {
  const has = new Set(base.filter((_, at) => at % 2 === 0));
  let added: Labels = [];
  for (const { labels } of info) {
    for (let at = 0; at < labels.length; at += 2) {
      const name = labels[at] ?? '';
      const value = labels[at + 1] ?? '';
      if (name === metricName || (wanted !== undefined && !wanted.has(name))) continue;
      const other = labelValue(added, name);
      if (other !== '' && other !== value) throw new QueryError('execution', `conflicting label: ${name}`);
      if (!has.has(name)) added = withLabel(added, name, value);
    }
  }
  return added;
}

/** The first argument's series, and the info series with the times of their samples as values. */
export const info: VectorFunction = {
  kind: 'vector',
  name: 'info',
  doc: 'Adds the labels of info metrics (target_info unless told) with the same job and instance: `info(rate(x[5m]), {k8s_cluster_name=~".+"})`. Saves a join with group_left.',
  evaluate([base, given], { steps, argExprs }) {
    const series = base?.type === 'vector' ? base.series : [];
    const infoSeries = given?.type === 'vector' ? given.series : [];
    const [, selector] = argExprs;
    const matchers: readonly Matcher[] = selector?.kind === 'vectorSelector' ? selector.matchers : [];
    const names = matchers.filter(matcher => matcher.name === metricName);
    const isInfo = (labels: Labels): boolean => {
      const name = labelValue(labels, metricName);
      if (selector === undefined) return name === 'target_info';
      return names.some(matcher => matches(matcher, name));
    };
    const conditions = matchers.filter(matcher => matcher.name !== metricName);
    const wanted = conditions.length === 0 ? undefined : new Set(conditions.map(matcher => matcher.name));
    const needsInfo = conditions.some(matcher => !matches(matcher, ''));
    for (const one of infoSeries) {
      if (one.histograms === undefined) continue;
      throw new QueryError('execution', `this should be an info metric, with float samples: ${labelsText(one.labels)}`);
    }
    const known = knownByIdentity(infoSeries);
    const results: StepSeries[] = [];
    for (const one of series) {
      if (isInfo(one.labels)) {
        results.push(one);
        continue;
      }
      const infos = known.get(identityOf(one.labels)) ?? [];
      const byLabels = new Map<string, StepSeries>();
      for (let step = 0; step < steps.count; step++) {
        const kind = one.kinds[step]!;
        if (kind === absent) continue;
        const here = infos.flatMap(of => newest(of, step) ?? []);
        const added = addedLabels(one.labels, here, wanted);
        if (added.length === 0 && needsInfo) continue;
        const key = labelsKey(added);
        let result = byLabels.get(key);
        if (result === undefined) {
          let { labels } = one;
          for (let at = 0; at < added.length; at += 2) labels = withLabel(labels, added[at] ?? '', added[at + 1] ?? '');
          result = { ...one, labels, ...emptyColumn(steps.count) };
          byLabels.set(key, result);
        }
        result.kinds[step] = kind;
        result.values[step] = one.values[step]!;
      }
      results.push(...byLabels.values());
    }
    return { type: 'vector', series: results };
  },
};
