import {
  type Labels,
  type Matcher,
  QueryError,
  type RawSeries,
  type SelectRequest,
  type Source,
  classicView,
  labelValue,
  metricName,
} from '@bellwether/promql';
import { type Exposure, exposuresFor } from './catalogue.js';
import { nativeSeries } from './histogram-series.js';
import { type HistogramRow, hasHistogramRows, readHistogramRows } from './histogram-rows.js';
import { Matching } from './matching.js';
import { mergedSeries } from './merged-series.js';
import type { Reader } from './reader.js';
import { readSamples } from './sample-columns.js';
import { SampleRoom } from './sample-room.js';
import { type FoundSamples, type WantedSeries, rememberedSamples } from './remembered-samples.js';
import type { ExposedSeries, SeriesIndex, StoredSeries } from './series-index.js';
import { readTargetInfo, targetInfoSeries } from './target-info.js';
import { askedSpanMetrics, spanMetrics } from './span-metrics.js';

/** What one selector made the store do, for "explain this query". */
export interface SelectReport {
  readonly selector: string;
  readonly metrics: number;
  /** Series that matched, whether they have samples in the range or not. */
  readonly matched: number;
  readonly series: number;
  readonly samples: number;
  readonly startMs: number;
  readonly endMs: number;
  /** Time to find the series, and to read their samples. */
  readonly findMs: number;
  readonly readMs: number;
}

/** A series that a selector means. */
export interface Pick {
  readonly exposure: Exposure;
  readonly series: StoredSeries;
  readonly labels: Labels;
}

/** What matchers mean: the series, and which rows hold their samples. */
interface Picked {
  readonly picks: readonly Pick[];
  readonly floats: WantedAtAnyTime;
  readonly histograms: WantedAtAnyTime;
}

type WantedAtAnyTime = Omit<WantedSeries, 'startMs' | 'endMs'>;

/** What stands behind a series that is not stored as one. */
const noSeries: StoredSeries = {
  id: 0n,
  type: '',
  unit: '',
  isMonotonic: false,
  scope: '',
  resource: undefined,
  attributes: [],
  lastSeenMs: 0,
};

/** How far samples mostly lie apart. */
const likelySpacingMs = 15_000;
/** More samples than that of one selector are read in parts, if they may be; parts of about so many samples, beginning with so many series. */
const maxWholeSamples = 8_000_000;
const partSamples = 2_000_000;
const firstPart = 64;

const noTimes = new Float64Array(0);
const noHistograms: RawSeries['histograms'] = [];
const noRows: readonly HistogramRow[] = [];

/** The samples of one workspace. */
export class StoreSource implements Source {
  readonly reports: SelectReport[] = [];
  readonly #reader: Reader;
  readonly #index: SeriesIndex;
  readonly #maxSeries: number;
  readonly #maxSamples: number;
  #samples = 0;
  readonly #matching = new Matching();
  readonly #known = new Map<readonly Matcher[], Promise<Picked>>();

  /** `maxSeries`: how many a selector may match; `maxSamples`: how many all selectors may bring. */
  constructor(reader: Reader, index: SeriesIndex, maxSeries: number, maxSamples = Infinity) {
    this.#reader = reader;
    this.#index = index;
    this.#maxSeries = maxSeries;
    this.#maxSamples = maxSamples;
  }

  async select({ matchers, startMs, endMs, hint }: SelectRequest): Promise<readonly RawSeries[]> {
    const startedMs = performance.now();
    const picked = await this.#pick(matchers);
    const foundMs = performance.now();
    const stored = await this.#fetch(picked, matchers, startMs, endMs);
    const ofSpans = await this.#ofSpans(matchers, startMs, endMs, hint.rangeMs);
    const series = ofSpans.length === 0 ? stored : [...stored, ...ofSpans];
    let samples = 0;
    for (const { timesMs, histogramTimesMs } of series) samples += timesMs.length + histogramTimesMs.length;
    this.#samples += samples;
    if (this.#samples > this.#maxSamples) throw tooManySamples();
    this.reports.push({
      selector: selectorText(matchers),
      metrics: new Set([...picked.picks.map(({ exposure }) => exposure.metric), ...ofSpans.map(nameOf)]).size,
      matched: picked.picks.length + ofSpans.length,
      series: series.length,
      samples,
      startMs,
      endMs,
      findMs: foundMs - startedMs,
      readMs: performance.now() - foundMs,
    });
    return series;
  }

  /** Whether a selector means so many samples that they are to be read in parts by who forgets them, and whether that can be done. */
  async needsParts({ matchers, startMs, endMs }: SelectRequest): Promise<boolean> {
    const { picks, floats } = await this.#pick(matchers);
    const [metric, ...others] = floats.metrics;
    const likelySamples = (picks.length * Math.max(0, endMs - startMs)) / likelySpacingMs;
    if (likelySamples <= maxWholeSamples || metric === undefined || others.length > 0) return false;
    const isPlain = picks.every(({ exposure }) => exposure.view === 'samples' && exposure.origin === 'prometheus');
    if (!isPlain || askedSpanMetrics(matchers, this.#matching).length > 0) return false;
    return !(await hasHistogramRows(this.#reader, metric));
  }

  /** As `select`, in parts, for who forgets the samples of each before the next: see `needsParts`. */
  async selectInParts(
    { matchers, startMs, endMs }: SelectRequest,
    give: (part: readonly RawSeries[]) => void,
  ): Promise<void> {
    const startedMs = performance.now();
    const { picks, floats } = await this.#pick(matchers);
    const foundMs = performance.now();
    const inOrder = picks.toSorted((a, b) => (a.series.id < b.series.id ? -1 : 1));
    // Room of its own: each part may write over the one before.
    const room = new SampleRoom();
    const reader = { ...this.#reader, numbers: (count: number) => room.take(count) };
    let series = 0;
    let samples = 0;
    for (let from = 0, count = firstPart; from < inOrder.length;) {
      const part = inOrder.slice(from, from + count);
      const between = [part[0]!.series.id, part.at(-1)!.series.id] as const;
      room.clear();
      const ids = floats.ids === undefined ? undefined : part.map(one => one.series.id);
      const found = await readSamples(reader, { metrics: floats.metrics, ids, between, startMs, endMs });
      const made: RawSeries[] = [];
      let inPart = 0;
      for (const { labels, series: stored } of part) {
        const one = joinedSeries(labels, found.get(stored.id), noRows);
        if (one === undefined) continue;
        made.push(one);
        inPart += one.timesMs.length;
      }
      give(made);
      series += made.length;
      samples += inPart;
      from += count;
      count = Math.max(firstPart, Math.min(count * 8, Math.floor((partSamples / Math.max(inPart, 1)) * part.length)));
    }
    this.reports.push({
      selector: selectorText(matchers),
      metrics: 1,
      matched: inOrder.length,
      series,
      samples,
      startMs,
      endMs,
      findMs: foundMs - startedMs,
      readMs: performance.now() - foundMs,
    });
  }

  /** Rates and durations of spans, when they are asked for by name. */
  async #ofSpans(
    matchers: readonly Matcher[],
    startMs: number,
    endMs: number,
    rangeMs: number | undefined,
  ): Promise<readonly RawSeries[]> {
    const metrics = askedSpanMetrics(matchers, this.#matching);
    if (metrics.length === 0) return [];
    const question = { metrics, matchers, startMs, endMs, rangeMs, nowMs: Date.now(), maxSamples: this.#maxSamples };
    return spanMetrics(this.#reader, this.#matching, question);
  }

  /** The series that matchers mean, without a look at their samples. Buckets have no `le` here. */
  async pick(matchers: readonly Matcher[]): Promise<readonly Pick[]> {
    return (await this.#pick(matchers)).picks;
  }

  /** Once for each selector of the query. */
  #pick(matchers: readonly Matcher[]): Promise<Picked> {
    let picked = this.#known.get(matchers);
    if (picked === undefined) this.#known.set(matchers, (picked = this.#rememberedPick(matchers)));
    return picked;
  }

  #rememberedPick(matchers: readonly Matcher[]): Promise<Picked> {
    return this.#index.remembered(this.#reader, matchers, async () => {
      const made = await this.#picked(matchers);
      // Resources change by the day, without a new version.
      const isLasting = made.picks.every(({ exposure }) => exposure.view !== 'targetInfo');
      return { made, size: isLasting ? made.picks.length + 10 : Infinity };
    });
  }

  async #picked(matchers: readonly Matcher[]): Promise<Picked> {
    const catalogue = await this.#index.catalogue(this.#reader);
    const exposures = exposuresFor(catalogue, matchers, this.#matching);
    const found = await this.#index.seriesOf(this.#reader, exposures, matchers);
    const picks: Pick[] = [];
    for (const { exposure, series, labels } of found) {
      const tested = exposure.view === 'bucket' ? matchers.filter(({ name }) => name !== 'le') : matchers;
      for (let at = 0; at < series.length; at++) {
        const own = labels[at]!;
        if (this.#matching.fits(tested, own)) picks.push({ exposure, series: series[at]!, labels: own });
      }
      if (picks.length > this.#maxSeries) {
        throw new QueryError(
          'execution',
          `the selector ${selectorText(matchers)} matches more than ${this.#maxSeries} series: name more of their labels`,
        );
      }
    }
    for (const exposure of exposures.filter(({ view }) => view === 'targetInfo')) {
      for (const { labels, lastSeenMs } of await readTargetInfo(this.#reader)) {
        if (this.#matching.fits(matchers, labels))
          picks.push({ exposure, labels, series: { ...noSeries, lastSeenMs } });
      }
    }
    return { picks, floats: rowsOf(picks, found, hasFloats), histograms: rowsOf(picks, found, hasHistograms) };
  }

  async #fetch(
    picked: Picked,
    matchers: readonly Matcher[],
    startMs: number,
    endMs: number,
  ): Promise<readonly RawSeries[]> {
    const floats = { ...picked.floats, startMs, endMs };
    const histograms = { ...picked.histograms, startMs, endMs };
    const [samples, rows] = await Promise.all([
      rememberedSamples(this.#reader, floats),
      histogramsOf(this.#reader, histograms),
    ]);
    const series: RawSeries[] = [];
    let mayRepeat = false;
    for (const { exposure, series: stored, labels } of picked.picks) {
      if (exposure.origin === 'otlp') mayRepeat = true;
      const own = rows?.get(stored.id) ?? noRows;
      switch (exposure.view) {
        case 'samples':
        case 'histogram': {
          const both = joinedSeries(labels, hasFloats(exposure) ? samples(stored.id) : undefined, own);
          if (both !== undefined) series.push(both);
          break;
        }
        case 'bucket':
        case 'sum':
        case 'count':
          for (const one of classicView(exposure.view, labels, own)) {
            if (exposure.view !== 'bucket' || this.#matching.fits(matchers, one.labels)) series.push(one);
          }
          break;
        case 'targetInfo':
          series.push(...targetInfoSeries([{ labels, lastSeenMs: stored.lastSeenMs }], startMs, endMs, Date.now()));
          break;
      }
    }
    return mayRepeat ? mergedSeries(series) : series;
  }
}

export function tooManySamples(): QueryError {
  return new QueryError('execution', 'query processing would load too many samples into memory in query execution');
}

const nameOf = ({ labels }: RawSeries): string => labelValue(labels, metricName);

const hasFloats = ({ view }: Exposure): boolean => view === 'samples';
const hasHistograms = ({ view, origin, type }: Exposure): boolean =>
  (view === 'samples' && origin === 'prometheus') || view === 'histogram' || isClassic(view, type);
const isClassic = (view: Exposure['view'], type: string): boolean => type === 'histogram' && view !== 'targetInfo';

/** Undefined when the metric has no histograms at all, which is known of most. */
async function histogramsOf(
  reader: Reader,
  wanted: WantedSeries,
): Promise<ReadonlyMap<bigint, readonly HistogramRow[]> | undefined> {
  const [metric] = wanted.metrics;
  const { memory } = reader;
  if (memory === undefined || metric === undefined || wanted.metrics.length > 1) {
    return readHistogramRows(reader, wanted);
  }
  const { isPlain, writes } = await memory.histograms(metric);
  if (isPlain) return undefined;
  const rows = await readHistogramRows(reader, wanted);
  if (rows.size === 0 && !(await hasHistogramRows(reader, metric))) memory.plain(metric, writes);
  return rows;
}

function rowsOf(
  picks: readonly Pick[],
  found: readonly ExposedSeries[],
  isWanted: (exposure: Exposure) => boolean,
): WantedAtAnyTime {
  const metrics = new Set<string>();
  const ids = new Set<bigint>();
  for (const { exposure, series } of picks) {
    if (!isWanted(exposure)) continue;
    metrics.add(exposure.metric);
    ids.add(series.id);
  }
  // All series of these metrics, or nearly: naming each would cost more than it saves.
  let all = 0;
  const counted = new Set<string>();
  let isWhole = true;
  for (const { exposure, series, isWhole: isAll } of found) {
    if (!metrics.has(exposure.metric)) continue;
    if (!isAll) isWhole = false;
    if (counted.has(exposure.metric)) continue;
    counted.add(exposure.metric);
    all += series.length;
  }
  const isNamed = !isWhole || ids.size < all * 0.7;
  // Of a metric that is too large to be looked at as a whole, only these series are known.
  const ofSeries = isWhole ? all : Infinity;
  return { metrics: [...metrics], ids: isNamed ? [...ids] : undefined, series: ids, ofSeries };
}

function joinedSeries(
  labels: Labels,
  floats: FoundSamples | undefined,
  rows: readonly HistogramRow[],
): RawSeries | undefined {
  if (rows.length > 0) return nativeSeries(labels, floats, rows);
  if (floats === undefined) return undefined;
  const { timesMs, values, rises = false } = floats;
  return { labels, timesMs, values, histogramTimesMs: noTimes, histograms: noHistograms, rises };
}

/** Matchers as they are written in a query. */
function selectorText(matchers: readonly Matcher[]): string {
  const name = matchers.find(matcher => matcher.name === metricName && matcher.op === '=');
  const rest = matchers.filter(matcher => matcher !== name);
  const braces = rest.map(matcher => `${matcher.name}${matcher.op}${JSON.stringify(matcher.value)}`).join(',');
  return `${name?.value ?? ''}${braces === '' && name !== undefined ? '' : `{${braces}}`}`;
}
