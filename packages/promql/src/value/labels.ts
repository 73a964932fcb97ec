/**
 * Labels of a series: name, value, name, value, ... sorted by name, without empty values.
 *
 * Flat, because there are many of them and they are mostly compared and grouped.
 */
export type Labels = readonly string[];

export const noLabels: Labels = [];

/** The label that holds the metric's name. */
export const metricName = '__name__';

/** Sorted labels of an object, or of pairs; a label with an empty value is no label. */
export function labelsOf(pairs: Readonly<Record<string, string>> | Iterable<readonly [string, string]>): Labels {
  const all = Symbol.iterator in pairs ? [...pairs] : Object.entries(pairs);
  const kept = all.filter(([, value]) => value !== '');
  kept.sort(([a], [b]) => compareText(a, b));
  return kept.flat();
}

/** The value of a label, '' when it is not there (as Prometheus reads it). */
export function labelValue(labels: Labels, name: string): string {
  for (let at = 0; at < labels.length; at += 2) {
    if (labels[at] === name) return labels[at + 1] ?? '';
  }
  return '';
}

/** Labels without those named. */
export function withoutLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  const kept: string[] = [];
  for (let at = 0; at < labels.length; at += 2) {
    const name = labels[at] ?? '';
    if (!names.has(name)) kept.push(name, labels[at + 1] ?? '');
  }
  return kept.length === labels.length ? labels : kept;
}

/** Only the labels named. */
export function onlyLabels(labels: Labels, names: ReadonlySet<string>): Labels {
  const kept: string[] = [];
  for (let at = 0; at < labels.length; at += 2) {
    const name = labels[at] ?? '';
    if (names.has(name)) kept.push(name, labels[at + 1] ?? '');
  }
  return kept.length === labels.length ? labels : kept;
}

const metadata: ReadonlySet<string> = new Set([metricName, '__type__', '__unit__']);

/** Labels without what describes the metric: its name, and its type and unit where they are labels. What an operation leaves of a series. */
export function withoutMetadata(labels: Labels): Labels {
  return withoutLabels(labels, metadata);
}

/** Labels with one set to a value; an empty value removes it. */
export function withLabel(labels: Labels, name: string, value: string): Labels {
  const next: string[] = [];
  let placed = value === '';
  for (let at = 0; at < labels.length; at += 2) {
    const here = labels[at] ?? '';
    if (here === name) continue;
    if (!placed && compareText(here, name) > 0) {
      next.push(name, value);
      placed = true;
    }
    next.push(here, labels[at + 1] ?? '');
  }
  if (!placed) next.push(name, value);
  return next;
}

/** A text that two label sets share only when they are equal: a lone surrogate stands in no decoded text. */
export function labelsKey(labels: Labels): string {
  return labels.join('\ud800');
}

/** Labels as an object without a prototype, for answers. */
export function labelsRecord(labels: Labels): Record<string, string> {
  const record: Record<string, string> = Object.create(null) as Record<string, string>; // no prototype: a label may be called __proto__
  for (let at = 0; at < labels.length; at += 2) record[labels[at] ?? ''] = labels[at + 1] ?? '';
  return record;
}

/** Order of two label sets as Prometheus sorts them: label by label, name before value, the shorter first. */
export function compareLabels(a: Labels, b: Labels): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const order = compareText(a[at] ?? '', b[at] ?? '');
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Order of two texts by code points, which is the order of their UTF-8 bytes. */
export function compareText(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let at = 0; at < shared; at++) {
    const left = a.charCodeAt(at);
    const right = b.charCodeAt(at);
    if (left === right) continue;
    const leftPair = left >= 0xd800 && left <= 0xdfff;
    const rightPair = right >= 0xd800 && right <= 0xdfff;
    return leftPair === rightPair ? left - right : leftPair ? 1 : -1;
  }
  return a.length - b.length;
}
