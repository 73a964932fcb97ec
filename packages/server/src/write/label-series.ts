import type { LabelPositions } from '../decode/remote-write/label-positions.js';
import type { LabelSets } from '../decode/remote-write/label-sets.js';
import type { Words } from './words.js';

/** Beyond it series are learnt anew from the next block on. */
const maxSeries = 600_000;

/** The number of texts that one metric's order is remembered for. */
const firstCapacity = 1024;

/**
 * Series of Prometheus by number, with what their rows need: a sample costs one look-up in an array. Only a cache: an id is a hash of the labels,
 * whoever works it out.
 */
export class LabelSeries {
  count = 0;
  /** By series. `workspace`, `metric`, `unit` and `help` are words, ids are halves of 64 bits. */
  workspace: Int32Array = new Int32Array(firstCapacity);
  metric: Int32Array = new Int32Array(firstCapacity);
  idLow: Int32Array = new Int32Array(firstCapacity);
  idHigh: Int32Array = new Int32Array(firstCapacity);
  type: Int32Array = new Int32Array(firstCapacity);
  unit: Int32Array = new Int32Array(firstCapacity);
  help: Int32Array = new Int32Array(firstCapacity);
  /** The day (since 1970) for which the series' row was last written. */
  writtenDay: Int32Array = new Int32Array(firstCapacity);
  private set: Int32Array = new Int32Array(firstCapacity);
  private source: Int32Array = new Int32Array(firstCapacity);
  private readonly sources: LabelSets[] = [];
  /** By workspace and label sets: series + 1 by label set. */
  private readonly known = new Map<number, Map<LabelSets, { series: Int32Array }>>();
  /** Series numbers by workspace, metric and id; `ordered` of them are in their place. */
  private order: Int32Array = new Int32Array();
  /** By word: its text, for comparing. */
  private readonly names: string[] = [];

  get isFull(): boolean {
    return this.count > maxSeries;
  }

  /** Series + 1 by label set, 0 for those that `learn` was not asked for yet. */
  bySet(workspace: number, sets: LabelSets): Int32Array {
    let ofWorkspace = this.known.get(workspace);
    if (ofWorkspace === undefined) this.known.set(workspace, (ofWorkspace = new Map()));
    let entry = ofWorkspace.get(sets);
    if (entry === undefined) ofWorkspace.set(sets, (entry = { series: new Int32Array(firstCapacity) }));
    if (entry.series.length < sets.count) {
      entry.series = enlarged(entry.series, Math.max(sets.count, entry.series.length * 2));
    }
    return entry.series;
  }

  /** Numbers the series of a label set. */
  learn(workspace: number, sets: LabelSets, set: number, words: Words, labels: LabelPositions): number {
    const series = this.count;
    if (series === this.metric.length) this.grow();
    sets.read(set, labels);
    const [low, high] = labels.id();
    let metric = 0;
    for (let label = 0; label < labels.count; label++) {
      if (labels.isMetricName(label)) metric = words.of(labels.bytes, labels.valueAt(label), labels.valueLength(label));
    }
    this.workspace[series] = workspace;
    this.metric[series] = metric;
    this.idLow[series] = low;
    this.idHigh[series] = high;
    this.writtenDay[series] = -1;
    this.set[series] = set;
    this.source[series] = this.sourceOf(sets);
    this.count = series + 1;
    return series;
  }

  readLabels(series: number, into: LabelPositions): void {
    this.sources[this.source[series]!]?.read(this.set[series]!, into);
  }

  /** All series by workspace, metric and id: the order that the tables are in. New ones are sorted, then both lists are merged. */
  inOrder(words: Words): Int32Array {
    const before = this.order;
    if (before.length === this.count) return before;
    const after = (a: number, b: number): number => this.compare(a, b, words);
    const fresh = Int32Array.from({ length: this.count - before.length }, (_, i) => before.length + i).sort(after);
    const merged = new Int32Array(this.count);
    let i = 0;
    let k = 0;
    for (let at = 0; at < merged.length; at++) {
      const isOld = i < before.length && (k === fresh.length || after(before[i]!, fresh[k]!) <= 0);
      merged[at] = isOld ? before[i++]! : fresh[k++]!;
    }
    this.order = merged;
    return merged;
  }

  private compare(a: number, b: number, words: Words): number {
    if (this.workspace[a] !== this.workspace[b])
      return this.name(this.workspace[a]!, words) < this.name(this.workspace[b]!, words) ? -1 : 1;
    if (this.metric[a] !== this.metric[b])
      return this.name(this.metric[a]!, words) < this.name(this.metric[b]!, words) ? -1 : 1;
    return (this.idHigh[a]! >>> 0) - (this.idHigh[b]! >>> 0) || (this.idLow[a]! >>> 0) - (this.idLow[b]! >>> 0);
  }

  private name(word: number, words: Words): string {
    return (this.names[word] ??= words.text(word));
  }

  private sourceOf(sets: LabelSets): number {
    const known = this.sources.indexOf(sets);
    return known >= 0 ? known : this.sources.push(sets) - 1;
  }

  private grow(): void {
    const capacity = this.metric.length * 2;
    this.workspace = enlarged(this.workspace, capacity);
    this.metric = enlarged(this.metric, capacity);
    this.idLow = enlarged(this.idLow, capacity);
    this.idHigh = enlarged(this.idHigh, capacity);
    this.type = enlarged(this.type, capacity);
    this.unit = enlarged(this.unit, capacity);
    this.help = enlarged(this.help, capacity);
    this.writtenDay = enlarged(this.writtenDay, capacity);
    this.set = enlarged(this.set, capacity);
    this.source = enlarged(this.source, capacity);
  }
}

export function enlarged(from: Int32Array, capacity: number): Int32Array {
  const to = new Int32Array(capacity);
  to.set(from);
  return to;
}
