import { BadInput } from '../../base/bad-input.js';
import { Int32List } from '../int32-list.js';
import { maxItems } from '../envelope.js';
import { WireReader, fields } from '../wire-reader.js';
import type { LabelPositions } from './label-positions.js';
import type { LabelSets } from './label-sets.js';
import { bucketBudget, readNativeHistogram } from './native-histogram.js';
import {
  descriptionWidth,
  sampleWidth,
  type MetricFamily,
  type SeriesBatch,
  type SeriesExemplar,
  type SeriesHistogram,
} from './series-batch.js';
import { signedVarint } from './signed-varint.js';

/** What the engine's times can hold, in ms: the years 1900 to 2299. */
const earliestMs = -2_208_988_800_000;
const latestMs = 10_413_791_999_999;
/** High halves between these two are within it, whatever the low half. */
const surelyAfter = Math.ceil(earliestMs / 2 ** 32);
const surelyBefore = Math.floor(latestMs / 2 ** 32);

/** Faults that are told in full; the rest is counted. */
const maxFaults = 5;

/** Of one request: what takes more memory than its bytes, or time when it is new. Known senders stay far below. */
const maxSeries = 65_536;
const maxHistograms = 65_536;
const maxExemplars = 20_000;
const maxFamilies = 65_536;

/** OpenMetrics allows an exemplar 128 characters of labels. */
export const maxExemplarLabels = 32;

const knownSample = fields(1, 2, 3);

const samples = new Int32List();
const descriptions = new Int32List();

/**
 * Collects what one request holds. Samples go to scratch space that all requests share, so one is read at a time. A series is begun, its items are
 * added, and it is ended; one that turns out to be at fault leaves nothing but a count and a sentence.
 */
export class SeriesCollector {
  private readonly families: MetricFamily[] = [];
  private readonly histograms: SeriesHistogram[] = [];
  private readonly exemplars: SeriesExemplar[] = [];
  private readonly budget = bucketBudget();
  private readonly faults: string[] = [];
  /** The request's bytes. */
  readonly view: DataView;
  private readonly wire: WireReader;
  private reason = '';
  private rejected = 0;
  private items = 0;
  private series = 0;
  private newestHigh = -1;
  private newestLow = 0;
  private from = { samples: 0, histograms: 0, exemplars: 0 };
  private rejectedBefore = 0;

  constructor(wire: WireReader) {
    this.wire = wire;
    this.view = new DataView(wire.bytes.buffer, wire.bytes.byteOffset, wire.bytes.byteLength);
    samples.clear();
    descriptions.clear();
  }

  /** Reads the Sample message whose length is at the cursor. The form that all known senders write is read without a loop. */
  sample(set: number, messageEnd: number): void {
    const { wire, view } = this;
    const { bytes } = wire;
    const at = wire.at;
    // 9: the value, 8 bytes; 16: the time, a varint of 6 bytes from 2004 to 2109.
    if (
      at + 17 <= messageEnd &&
      bytes[at] === 16 &&
      bytes[at + 1] === 9 &&
      bytes[at + 10] === 16 &&
      (view.getInt32(at + 11, true) & 0x8080_8080) === (0x8080_8080 | 0) &&
      bytes[at + 15]! > 127 &&
      bytes[at + 16]! < 128
    ) {
      const low28 =
        (bytes[at + 11]! & 127) |
        ((bytes[at + 12]! & 127) << 7) |
        ((bytes[at + 13]! & 127) << 14) |
        ((bytes[at + 14]! & 127) << 21);
      const rest = (bytes[at + 15]! & 127) | (bytes[at + 16]! << 7);
      this.put(set, low28 | (rest << 28), rest >>> 4, view.getInt32(at + 2, true), view.getInt32(at + 6, true));
      wire.at = at + 17;
      return;
    }
    const end = wire.length(messageEnd) + wire.at;
    let timeMs = 0;
    let valueAt = -1;
    while (wire.at < end) {
      const tag = wire.varint(end);
      if (tag === 9) valueAt = wire.fixed(8, end);
      else if (tag === 16) timeMs = signedVarint(wire, end);
      else wire.skip(tag, knownSample, end);
    }
    const low = valueAt < 0 ? 0 : view.getInt32(valueAt, true);
    const high = valueAt < 0 ? 0 : view.getInt32(valueAt + 4, true);
    if (!this.isTime(timeMs)) return;
    const timeHigh = Math.floor(timeMs / 0x1_0000_0000);
    this.put(set, (timeMs - timeHigh * 0x1_0000_0000) | 0, timeHigh, low, high);
  }

  histogram(set: number, messageEnd: number): void {
    const { wire } = this;
    const end = wire.length(messageEnd) + wire.at;
    const histogram = readNativeHistogram(wire, end, this.budget);
    if (this.histograms.length >= maxHistograms) throw tooMany(maxHistograms, 'histograms');
    if (typeof histogram === 'string') this.fault(histogram, 1);
    else if (this.isTime(histogram.timeMs)) this.histograms.push({ set, histogram });
    this.count();
  }

  exemplar(exemplar: SeriesExemplar): void {
    if (this.exemplars.length >= maxExemplars) throw tooMany(maxExemplars, 'exemplars');
    if (exemplar.labels.length > maxExemplarLabels)
      this.fault(`an exemplar has more than ${maxExemplarLabels} labels`, 1);
    else if (exemplar.timeMs === undefined || this.isTime(exemplar.timeMs)) this.exemplars.push(exemplar);
    this.count();
  }

  /** What 2.0 says of the series; the texts are numbers of the label sets' words. */
  description(set: number, type: number, unit: number, help: number): void {
    const at = descriptions.extend(descriptionWidth);
    descriptions.data[at] = set;
    descriptions.data[at + 1] = type;
    descriptions.data[at + 2] = unit;
    descriptions.data[at + 3] = help;
  }

  /** Metadata of 1.0, which stands beside the series. */
  family(family: MetricFamily): void {
    if (this.families.length >= maxFamilies) throw tooMany(maxFamilies, 'metric families');
    if (family.name === '') this.fault('metadata needs the name of a metric', 1);
    else this.families.push(family);
    this.count();
  }

  /** The number whose bytes are at `at`; 0 for -1, since zeros are not written. */
  numberAt(at: number): number {
    return at < 0 ? 0 : this.view.getFloat64(at, true);
  }

  beginSeries(): void {
    if (++this.series > maxSeries) throw tooMany(maxSeries, 'series');
    this.from.samples = samples.length;
    this.from.histograms = this.histograms.length;
    this.from.exemplars = this.exemplars.length;
    this.rejectedBefore = this.rejected;
  }

  /** Takes back the series, which is read a second time. */
  forgetSeries(): void {
    this.series--;
    samples.length = this.from.samples;
    this.histograms.length = this.from.histograms;
    this.exemplars.length = this.from.exemplars;
    this.rejected = this.rejectedBefore;
  }

  /** When counting began, for the histograms of the series that do not say it themselves. */
  created(startMs: number): void {
    for (let i = this.from.histograms; i < this.histograms.length; i++) {
      const { set, histogram } = this.histograms[i]!;
      if (histogram.startMs === 0) this.histograms[i] = { set, histogram: { ...histogram, startMs } };
    }
  }

  /** Takes back the series and counts its items as rejected. */
  rejectSeries(labels: LabelPositions, reason: string = labels.fault()): void {
    const { from } = this;
    const items =
      (samples.length - from.samples) / sampleWidth +
      (this.histograms.length - from.histograms) +
      (this.exemplars.length - from.exemplars) +
      (this.rejected - this.rejectedBefore);
    this.forgetSeries();
    this.series++;
    this.fault(reason, Math.max(1, items), labels.text());
  }

  batch(labelSets: LabelSets): SeriesBatch {
    const { histograms, exemplars, families, faults, reason, rejected } = this;
    return {
      signal: 'metrics',
      items: samples.length / sampleWidth + histograms.length + exemplars.length + families.length,
      rejected,
      rejectedReason: reason,
      service: '',
      newestMs: this.newestMs(),
      labelSets,
      samples: samples.take(),
      histograms,
      exemplars,
      descriptions: descriptions.take(),
      families,
      faults,
    };
  }

  private put(set: number, timeLow: number, timeHigh: number, valueLow: number, valueHigh: number): void {
    const at = samples.extend(sampleWidth);
    const { data } = samples;
    data[at] = set;
    data[at + 1] = timeLow;
    data[at + 2] = timeHigh;
    data[at + 3] = valueLow;
    data[at + 4] = valueHigh;
    if (timeHigh >= this.newestHigh && (timeHigh > this.newestHigh || timeLow >>> 0 > this.newestLow)) {
      this.newestHigh = timeHigh;
      this.newestLow = timeLow >>> 0;
    }
    this.count();
  }

  /** False, and a fault, when the engine can not hold the time. */
  private isTime(timeMs: number): boolean {
    const high = Math.floor(timeMs / 0x1_0000_0000);
    if ((high > surelyAfter && high < surelyBefore) || (timeMs >= earliestMs && timeMs <= latestMs)) return true;
    this.fault('a time lies outside the years 1900 to 2299 (times are milliseconds since 1970)', 1);
    return false;
  }

  private fault(reason: string, items: number, where = ''): void {
    this.rejected += items;
    this.reason ||= reason;
    if (this.faults.length < maxFaults) this.faults.push(where === '' ? reason : `${reason}: ${where}`);
  }

  private count(): void {
    if (++this.items > maxItems) throw tooMany(maxItems, 'samples');
  }

  private newestMs(): number | undefined {
    let newest = this.newestHigh < 0 ? undefined : this.newestHigh * 0x1_0000_0000 + this.newestLow;
    for (const { histogram } of this.histograms) newest = Math.max(newest ?? 0, histogram.timeMs);
    return newest;
  }
}

function tooMany(most: number, what: string): BadInput {
  return new BadInput(`more than ${most} ${what} in one request; send smaller batches`);
}
