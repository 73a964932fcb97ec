import { BadInput } from '../base/bad-input.js';
import type { ScrapeJob } from '../config/scrape-job.js';
import { metricName, sortedLabels, type Labels } from './exposition.js';
import type { Relabel } from './relabel.js';
import { shortened } from './series-text.js';

/** What the store takes is less. */
const maxLabels = 1000;
const maxValueLength = 20_000;

/**
 * The labels that a series of a target is stored with; undefined when relabelling wants none of it. Where target and page say the same label, `honor_labels`
 * decides: the page's stays, or becomes `exported_…`. Throws `BadInput` when the labels break a limit of the job.
 */
export function storedLabels(exposed: Labels, target: Labels, job: ScrapeJob, relabel: Relabel): Labels | undefined {
  const labels = new Map(exposed.map(({ name, value }) => [name, value]));
  const displaced: { name: string; value: string }[] = [];
  for (const { name, value } of target) {
    const own = labels.get(name);
    if (own !== undefined && job.honorLabels) continue;
    if (own !== undefined) displaced.push({ name, value: own });
    labels.set(name, value);
  }
  for (const { name, value } of displaced.sort((a, b) => a.name.length - b.name.length)) {
    let free = `exported_${name}`;
    while (labels.has(free)) free = `exported_${free}`;
    labels.set(free, value);
  }
  // Too long to be stored: what follows refuses the series by name, and no pattern is tried on megabytes.
  const isStorable = exposed.length <= maxLabels && exposed.every(({ value }) => value.length <= maxValueLength);
  if (isStorable && !relabel(labels)) return undefined;
  if (labels.size === 0) return undefined;
  const stored = sortedLabels([...labels].map(([name, value]) => ({ name, value })));
  check(stored, job);
  return stored;
}

const legacyLabel = /^[a-zA-Z_][a-zA-Z0-9_]*$/;
const legacyMetric = /^[a-zA-Z_:][a-zA-Z0-9_:]*$/;

function check(labels: Labels, { limits, legacyNames }: ScrapeJob): void {
  const name = labels.find(label => label.name === metricName)?.value;
  if (name === undefined) throw new BadInput('relabelling left a series without a metric name');
  if (limits.labels > 0 && labels.length > limits.labels)
    throw new BadInput(`${shortened(name)} has ${labels.length} labels, more than label_limit (${limits.labels})`);
  if (legacyNames && !legacyMetric.test(name))
    throw new BadInput(`${shortened(name)} is no metric name as metric_name_validation_scheme: legacy wants it`);
  for (const { name: label, value } of labels) {
    if (legacyNames && !legacyLabel.test(label))
      throw new BadInput(`${shortened(label)} is no label name as metric_name_validation_scheme: legacy wants it`);
    if (limits.labelNameBytes > 0 && Buffer.byteLength(label) > limits.labelNameBytes)
      throw new BadInput(`a label's name is longer than label_name_length_limit (${limits.labelNameBytes})`);
    if (limits.labelValueBytes > 0 && Buffer.byteLength(value) > limits.labelValueBytes)
      throw new BadInput(
        `the value of ${shortened(label)} is longer than label_value_length_limit (${limits.labelValueBytes})`,
      );
  }
}
