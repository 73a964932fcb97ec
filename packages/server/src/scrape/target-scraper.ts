import { performance } from 'node:perf_hooks';
import { setImmediate as breath } from 'node:timers/promises';
import { BadInput } from '../base/bad-input.js';
import type { ScrapeJob } from '../config/scrape-job.js';
import { acceptHeader, pageItems } from './content-type.js';
import { keyOf, labelOf, metricName, type Item, type Labels } from './exposition.js';
import { Families } from './families.js';
import { FetchFailed, type HttpClient, type Page } from './http-client.js';
import type { Relabel } from './relabel.js';
import { reportRows } from './report-samples.js';
import { storedLabels } from './sample-labels.js';
import { SeriesMemory, type Series } from './series-memory.js';
import type { Target } from './target.js';
import type { Row } from './write-request.js';

/** Keeps the rows of one scrape; when it resolves they survive a crash. `untilMs`: when it is too late to try again. */
export type Keep = (rows: readonly Row[], target: Target, untilMs: number, signal: AbortSignal) => Promise<Kept>;

/** How many rows were not kept, and why the first of them was not. */
export interface Kept {
  readonly rejected: number;
  readonly reason: string;
}

export interface ScraperDeps {
  readonly job: ScrapeJob;
  readonly client: HttpClient;
  readonly metricRelabel: Relabel;
  readonly keep: Keep;
  readonly maxPageBytes: number;
  readonly userAgent: string;
  /** Told of an error that nobody foresaw. */
  readonly bug: (error: unknown) => void;
  /** Told when a target's health changes. */
  readonly changed: (target: Target, error: string | undefined) => void;
}

/** How a target does, as the pages and the doctor show it. */
export interface TargetHealth {
  readonly state: 'unknown' | 'up' | 'down';
  readonly lastScrapeMs: number | undefined;
  readonly lastDurationMs: number | undefined;
  readonly samples: number;
  readonly error: string | undefined;
  /** Samples of the last scrape that can not be stored, or that there was no room for, and why. */
  readonly rejected: number;
  readonly rejectedReason: string;
}

export const neverScraped: TargetHealth = {
  state: 'unknown',
  lastScrapeMs: undefined,
  lastDurationMs: undefined,
  samples: 0,
  error: undefined,
  rejected: 0,
  rejectedReason: '',
};

/** A large page is read in pieces of this length, so that it does not hold up the other requests of the process; the clock is looked at now and then. */
const breathAfterMs = 5;
const itemsPerLook = 50;

interface Counts {
  scraped: number;
  kept: number;
  bytes: number;
}

interface Reading {
  readonly rows: Row[];
  /** By row: what reads the labels as the page has them. */
  readonly exposed: (() => Labels)[];
  readonly seen: Set<Series>;
  /** By family and labels: when counting began. */
  readonly created: Map<string, number>;
  readonly counts: Counts;
}

/** Scrapes one target, again and again, one scrape at a time. */
export class TargetScraper {
  readonly target: Target;
  readonly #deps: ScraperDeps;
  readonly #memory = new SeriesMemory();
  readonly #families = new Families();
  /** The metrics about the scrape itself were written and need marks at the end. */
  #reported = false;
  #health = neverScraped;

  constructor(target: Target, deps: ScraperDeps) {
    this.target = target;
    this.#deps = deps;
  }

  get health(): TargetHealth {
    return this.#health;
  }

  /** One scrape; its samples are of `atMs` unless the page says otherwise. It is all kept, or only that it failed. */
  async scrape(atMs: number, signal: AbortSignal): Promise<void> {
    const { target } = this;
    const { job, keep, bug } = this.#deps;
    const counts: Counts = { scraped: 0, kept: 0, bytes: 0 };
    const startedAt = performance.now();
    let durationMs: number | undefined;
    let rows: Row[] = [];
    let added = 0;
    let error: string | undefined;
    try {
      const page = await this.#fetch(signal);
      durationMs = performance.now() - startedAt;
      try {
        const reading = await this.#read(page, atMs, counts);
        const { added: fresh, ended } = this.#memory.end(reading.seen);
        added = fresh;
        rows = reading.rows;
        for (const series of ended) rows.push(staleRow(series, atMs));
      } finally {
        page.release();
      }
    } catch (caught) {
      if (signal.aborted) return;
      if (!(caught instanceof FetchFailed || caught instanceof BadInput)) bug(caught);
      error = caught instanceof Error ? caught.message : String(caught);
      rows = this.#memory.endAll().map(series => staleRow(series, atMs));
    }
    durationMs ??= performance.now() - startedAt;
    const report = {
      isUp: error === undefined,
      durationMs,
      samplesScraped: counts.scraped,
      samplesKept: counts.kept,
      seriesAdded: added,
      pageBytes: counts.bytes,
    };
    for (const row of reportRows(target, job, atMs, report)) rows.push(row);
    this.#reported = true;
    const health: TargetHealth = {
      ...neverScraped,
      state: report.isUp ? 'up' : 'down',
      lastScrapeMs: atMs,
      lastDurationMs: durationMs,
      samples: counts.kept,
      error,
    };
    this.#note(health);
    const { rejected, reason } = await keep(rows, target, atMs + target.intervalMs, signal);
    this.#health = { ...health, rejected, rejectedReason: reason };
  }

  /** The target is gone: its series end now. */
  async end(atMs: number, signal: AbortSignal): Promise<void> {
    const rows: Row[] = this.#memory.endAll().map(series => staleRow(series, atMs));
    if (this.#reported) rows.push(...reportRows(this.target, this.#deps.job, atMs, undefined));
    if (rows.length > 0) await this.#deps.keep(rows, this.target, atMs + this.target.intervalMs, signal);
  }

  #fetch(signal: AbortSignal): Promise<Page> {
    const { job, client, maxPageBytes, userAgent } = this.#deps;
    const { url, timeoutMs } = this.target;
    const { bodyBytes } = job.limits;
    const headers = {
      accept: acceptHeader(job),
      'user-agent': userAgent,
      'x-prometheus-scrape-timeout-seconds': String(timeoutMs / 1000),
    };
    const maxBytes = bodyBytes > 0 ? Math.min(bodyBytes, maxPageBytes) : maxPageBytes;
    return client.get({ url, headers, timeoutMs, maxBytes }, signal);
  }

  async #read(page: Page, atMs: number, counts: Counts): Promise<Reading> {
    const { job } = this.#deps;
    const reading: Reading = { rows: [], exposed: [], seen: new Set(), created: new Map(), counts };
    counts.bytes = page.bytes.length;
    this.#memory.begin();
    this.#families.begin();
    let breathedAt = performance.now();
    let items = 0;
    for (const item of pageItems(job, page.contentType, page.bytes)) {
      this.#take(item, atMs, reading);
      if (++items % itemsPerLook > 0 || performance.now() - breathedAt < breathAfterMs) continue;
      await breath();
      breathedAt = performance.now();
    }
    if (job.limits.samples > 0 && counts.kept > job.limits.samples)
      throw new BadInput(`the page has more samples (${counts.kept}) than sample_limit (${job.limits.samples})`);
    if (reading.created.size > 0) this.#fillStarts(reading);
    return reading;
  }

  #take(item: Item, atMs: number, reading: Reading): void {
    const { job } = this.#deps;
    if (item.kind === 'family') return this.#families.note(item);
    if (item.kind === 'created') {
      reading.created.set(groupKey(item.family, item.labels()), item.startMs);
      return;
    }
    const { counts } = reading;
    counts.scraped++;
    const series = this.#memory.find(item.series) ?? this.#learn(item);
    if (series === 'dropped') return;
    counts.kept++;
    if (job.limits.samples > 0 && counts.kept > job.limits.samples) return;
    const ownTimeMs = job.honorTimestamps ? item.timeMs : undefined;
    const timeMs = ownTimeMs ?? atMs;
    const isTracked = ownTimeMs === undefined || job.trackTimestampsStaleness;
    reading.seen.add(series);
    if (!this.#memory.seen(series, timeMs, isTracked)) return;
    series.isHistogram = item.kind === 'native';
    const { labels, family } = series;
    const { startMs } = item;
    const exemplars = this.#memory.newExemplars(series, item.exemplars);
    const value = item.kind === 'native' ? item.histogram : item.value;
    reading.rows.push({ labels, family, timeMs, startMs, value, exemplars });
    reading.exposed.push(item.labels);
  }

  /** When counting began, for the series of the same family and labels as a `_created`. */
  #fillStarts({ rows, exposed, created }: Reading): void {
    for (const [index, row] of rows.entries()) {
      const labels = exposed[index]?.() ?? [];
      const family = this.#families.of(labelOf(labels, metricName));
      const startMs = family && created.get(groupKey(family.name, labels));
      if (startMs !== undefined) rows[index] = { ...row, startMs };
    }
  }

  #note(health: TargetHealth): void {
    const before = this.#health;
    this.#health = health;
    if (before.state !== health.state) this.#deps.changed(this.target, health.error);
  }

  #learn(item: Extract<Item, { labels(): Labels; series: string }>): Series | 'dropped' {
    const { job, metricRelabel } = this.#deps;
    const exposed = item.labels();
    const stored = storedLabels(exposed, this.target.labels, job, metricRelabel);
    const family = this.#families.of(labelOf(exposed, metricName))?.family;
    return this.#memory.learn(item.series, stored, family);
  }
}

function groupKey(family: string, labels: Labels): string {
  return family + keyOf(labels.filter(({ name }) => name !== metricName && name !== 'le' && name !== 'quantile'));
}

function staleRow({ labels, family, isHistogram }: Series, timeMs: number): Row {
  const value = isHistogram ? 'stale histogram' : 'stale sample';
  return { labels, family, timeMs, startMs: 0, value, exemplars: [] };
}
