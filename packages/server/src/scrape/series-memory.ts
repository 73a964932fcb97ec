import { keyOf, type Exemplar, type Labels } from './exposition.js';
import type { Family } from './write-request.js';

/** A series of one target, as it is stored. */
export interface Series {
  readonly labels: Labels;
  readonly family: Family | undefined;
  /** Number of the scrape that had it last. */
  lastScrape: number;
  /** It gets a mark when it is not there any more. */
  isTracked: boolean;
  isHistogram: boolean;
  times: Times;
  timesBefore: Times;
  /** Keys of the exemplars that the last scrape had. */
  exemplars: ReadonlySet<string>;
}

/** Times of one scrape's samples of a series; nearly always there is one. */
interface Times {
  readonly firstMs: number;
  readonly others: Set<number> | undefined;
}

const noTimes: Times = { firstMs: Number.NaN, others: undefined };
const noExemplars: ReadonlySet<string> = new Set();

const has = ({ firstMs, others }: Times, timeMs: number): boolean => firstMs === timeMs || others?.has(timeMs) === true;

function withTime(times: Times, timeMs: number): Times {
  if (times === noTimes) return { firstMs: timeMs, others: undefined };
  const others = times.others ?? new Set();
  others.add(timeMs);
  return { firstMs: times.firstMs, others };
}

/**
 * What a target exposed lately: for each series as the page writes it, the series that is stored, so that labels are read and relabelled once; and which
 * of them the last good scrape had. It is as large as the target's page.
 */
export class SeriesMemory {
  readonly #texts = new Map<string, { readonly series: Series | undefined; lastScrape: number }>();
  readonly #byLabels = new Map<string, Series>();
  #live = new Set<Series>();
  #scrape = 0;

  /** Begins a scrape. What an earlier one left unfinished counts for nothing. */
  begin(): void {
    this.#scrape++;
  }

  /** The stored series of a text; `'dropped'` when relabelling wants none of it; undefined when the text is new. */
  find(text: string): Series | 'dropped' | undefined {
    const known = this.#texts.get(text);
    if (known === undefined) return undefined;
    known.lastScrape = this.#scrape;
    return known.series ?? 'dropped';
  }

  /** Learns what a text stands for; without labels it is dropped. */
  learn(text: string, labels: Labels | undefined, family: Family | undefined): Series | 'dropped' {
    const series = labels === undefined ? undefined : this.#seriesOf(labels, family);
    // A part of the page would keep all of the page in memory.
    this.#texts.set(Buffer.from(text).toString(), { series, lastScrape: this.#scrape });
    return series ?? 'dropped';
  }

  #seriesOf(labels: Labels, family: Family | undefined): Series {
    const key = keyOf(labels);
    const known = this.#byLabels.get(key);
    if (known !== undefined) return known;
    const series: Series = {
      labels,
      family,
      lastScrape: 0,
      isTracked: false,
      isHistogram: false,
      times: noTimes,
      timesBefore: noTimes,
      exemplars: noExemplars,
    };
    this.#byLabels.set(key, series);
    return series;
  }

  /** Notes a sample. False: the series has one at this time already, from this page or from the one before, which is shown again. */
  seen(series: Series, timeMs: number, isTracked: boolean): boolean {
    if (series.lastScrape !== this.#scrape) {
      series.lastScrape = this.#scrape;
      series.timesBefore = series.times;
      series.times = noTimes;
      series.isTracked = isTracked;
    }
    if (has(series.times, timeMs)) return false;
    series.times = withTime(series.times, timeMs);
    return !has(series.timesBefore, timeMs);
  }

  /** The exemplars that the page before did not show: a page shows one again until there is a newer one. */
  newExemplars(series: Series, exemplars: readonly Exemplar[]): readonly Exemplar[] {
    if (exemplars.length === 0) return exemplars;
    const before = series.exemplars;
    series.exemplars = new Set(exemplars.map(exemplarKey));
    return exemplars.filter(exemplar => !before.has(exemplarKey(exemplar)));
  }

  /** Ends a good scrape: how many series are new, and which have ended. */
  end(seen: ReadonlySet<Series>): { readonly added: number; readonly ended: readonly Series[] } {
    let added = 0;
    for (const series of seen) if (!this.#live.has(series)) added++;
    const ended = [...this.#live].filter(series => !seen.has(series));
    this.#live = new Set(seen);
    for (const [text, { lastScrape }] of this.#texts) if (lastScrape !== this.#scrape) this.#texts.delete(text);
    for (const [key, series] of this.#byLabels) if (series.lastScrape !== this.#scrape) this.#byLabels.delete(key);
    return { added, ended: ended.filter(({ isTracked }) => isTracked) };
  }

  /** All that is live has ended: the target can not be read, or is gone. What was learnt goes too, so that pages that break off can not fill it. */
  endAll(): readonly Series[] {
    const ended = [...this.#live].filter(({ isTracked }) => isTracked);
    this.#live = new Set();
    this.#texts.clear();
    this.#byLabels.clear();
    return ended;
  }
}

function exemplarKey({ timeMs, value, labels }: Exemplar): string {
  return `${timeMs} ${value} ${keyOf(labels)}`;
}
