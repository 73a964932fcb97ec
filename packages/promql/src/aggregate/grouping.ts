import type { Aggregate } from '../parse/ast.js';
import {
  labelsKey,
  metricName,
  noLabels,
  onlyLabels,
  withoutLabels,
  withoutMetadata,
  type Labels,
} from '../value/labels.js';
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

/** A group as a series finds it. */
export interface NamedGroup {
  readonly labels: Labels;
  /** Groups have the same key only when they have the same labels. */
  readonly key: string;
}

/** So many ways to group are remembered. */
const maxGroupings = 32;
const knownGroupings = new Map<string, (labels: Labels) => NamedGroup>();

/**
 * Finds the group of a series by its labels; `dropsMetadata`: of what is left of them without name, type and unit.
 *
 * It is worked out once for each label set: sources give those of a series again with the next query.
 */
export function groupFinder(
  { grouping, without }: Pick<Aggregate, 'grouping' | 'without'>,
  dropsMetadata: boolean,
): (labels: Labels) => NamedGroup {
  const kind = JSON.stringify([grouping, without, dropsMetadata]);
  const there = knownGroupings.get(kind);
  if (there !== undefined) return there;
  const labelsIn = groupLabels(grouping, without);
  const known = new WeakMap<Labels, NamedGroup>();
  const keys = new Map<string, NamedGroup>();
  const find = (own: Labels): NamedGroup => {
    let found = known.get(own);
    if (found === undefined) {
      const labels = labelsIn(dropsMetadata ? withoutMetadata(own) : own);
      const key = labelsKey(labels);
      // One object for all series of a group.
      found = keys.get(key) ?? { labels, key };
      if (keys.size < maxKeys) keys.set(key, found);
      known.set(own, found);
    }
    return found;
  };
  if (knownGroupings.size >= maxGroupings) knownGroupings.clear();
  knownGroupings.set(kind, find);
  return find;
}

const maxKeys = 1000;

/** The labels of the group that a series belongs to. */
export function groupLabels(grouping: readonly string[], without: boolean): (labels: Labels) => Labels {
  const names = new Set(without ? [...grouping, metricName] : grouping);
  return without ? labels => withoutLabels(labels, names) : labels => onlyLabels(labels, names);
}
