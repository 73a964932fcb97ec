import { emptyColumn } from '../evaluate/column.js';
import { histogramText } from '../histogram/text.js';
import type { Aggregate } from '../parse/ast.js';
import { quoted } from '../parse/quoting.js';
import { labelsKey, withLabel, type Labels } from '../value/labels.js';
import { plainNumber } from '../value/number-text.js';
import { QueryError } from '../value/query-error.js';
import { absent, float, type StepSeries } from '../value/series.js';
import { groupLabels } from './grouping.js';
import type { Guard } from '../evaluate/guard.js';

/** `count_values`: how many samples of a group have each value; the value stands in a label. */
export function countValues(
  { grouping, without }: Aggregate,
  label: string,
  series: readonly StepSeries[],
  { stepCount, guard }: { readonly stepCount: number; readonly guard: Guard },
): readonly StepSeries[] {
  // Any text that is UTF-8 is a label's name; bytes that are none stand as lone surrogates.
  if (label === '' || /[\p{Cs}\ufffd]/u.test(label)) {
    throw new QueryError('execution', `invalid label name ${quoted(label)}`);
  }
  const labelsIn = groupLabels(without ? grouping : [...grouping, label], without);
  const results = new Map<string, StepSeries>();
  for (const one of series) {
    guard.work(stepCount);
    const made = new Map<string, StepSeries>();
    for (let step = 0; step < stepCount; step++) {
      const kind = one.kinds[step];
      if (kind === absent) continue;
      const held = one.histograms?.[step];
      const text = kind === float || held === undefined ? plainNumber(one.values[step]!) : histogramText(held);
      let result = made.get(text);
      if (result === undefined) made.set(text, (result = resultFor(labelsIn(withLabel(one.labels, label, text)))));
      result.kinds[step] = float;
      result.values[step]!++;
    }
  }
  return [...results.values()];

  function resultFor(labels: Labels): StepSeries {
    const key = labelsKey(labels);
    const known = results.get(key);
    if (known !== undefined) return known;
    guard.hold(stepCount);
    const result = { labels, ...emptyColumn(stepCount), histograms: undefined, dropName: false };
    results.set(key, result);
    return result;
  }
}
