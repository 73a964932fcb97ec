import type { Aggregate } from '../parse/ast.js';
import { labelsKey, metricName, noLabels, onlyLabels, withoutLabels, type Labels } from '../value/labels.js';
import type { StepSeries } from '../value/series.js';

/** Series that an aggregation takes together, with the labels of what it makes of them. */
export interface Group<Series = StepSeries> {
  readonly labels: Labels;
  readonly series: Series[];
}

/** The series in groups, in the order in which the groups are met. */
export function groupsOf<Series extends { readonly labels: Labels }>(
  { grouping, without }: Pick<Aggregate, 'grouping' | 'without'>,
  series: readonly Series[],
): readonly Group<Series>[] {
  if (!without && grouping.length === 0) return series.length === 0 ? [] : [{ labels: noLabels, series: [...series] }];
  const labelsIn = groupLabels(grouping, without);
  const groups = new Map<string, Group<Series>>();
  for (const one of series) {
    const labels = labelsIn(one.labels);
    const key = labelsKey(labels);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, { labels, series: [one] });
    else group.series.push(one);
  }
  return [...groups.values()];
}

/** The labels of the group that a series belongs to. */
export function groupLabels(grouping: readonly string[], without: boolean): (labels: Labels) => Labels {
  const names = new Set(without ? [...grouping, metricName] : grouping);
  return without ? labels => withoutLabels(labels, names) : labels => onlyLabels(labels, names);
}
