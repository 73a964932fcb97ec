import { ByteBudget } from '../base/byte-budget.js';
import { Lanes } from '../base/lanes.js';
import { silent, type Log } from '../base/log.js';
import { readConfig } from '../config/load-config.js';
import type { ScrapeJob } from '../config/scrape-job.js';
import type { Intake, IntakeRequest } from '../receive/intake.js';
import { Ledger } from '../receive/ledger.js';
import type { Names } from './dns-discovery.js';
import { HttpClient } from './http-client.js';
import { keepRows } from './keep-rows.js';
import { relabelling } from './relabel.js';
import { startScrape, type RunningScrape, type ScrapeSettings } from './scrape.js';
import { rejectionOf, samplesOf, type ReadSample } from './scraped-rows.test-support.js';
import { TargetScraper, type TargetHealth } from './target-scraper.js';
import { targetsOf } from './target.js';

/** What an intake was given. */
export interface Taken {
  readonly requests: readonly IntakeRequest[];
  /** All samples so far. */
  samples(): readonly ReadSample[];
  /** Why something can not be stored. */
  readonly rejections: ReadonlySet<string>;
  /** Values of one series by its name and labels without job and instance, in the order in which they came. */
  values(series: string): readonly (number | 'stale')[];
}

export interface Scraping extends Taken {
  readonly scrape: RunningScrape;
  readonly ledger: Ledger;
}

export interface ByHand extends Taken {
  /** One scrape, at the time that is given or now. */
  scrape(atMs?: number): Promise<void>;
  end(atMs: number): Promise<void>;
  health(): TargetHealth;
  /** Errors that nobody foresaw. */
  readonly bugs: readonly unknown[];
  close(): void;
}

export interface ScrapingOptions {
  readonly settings?: Partial<ScrapeSettings>;
  readonly resolver?: Names;
  readonly log?: Log;
  /** Called before a request is taken; may throw. */
  readonly onRequest?: () => void;
}

/** Scrapes as `scrape.configs` says, by the clock; the intake keeps what it is given in memory. */
export function startScraping(configs: readonly object[], options: ScrapingOptions = {}): Scraping {
  const { intake, taken } = memoryIntake(options.onRequest);
  const ledger = new Ledger();
  const settings = { workspace: 'default', jobs: jobsOf(configs), ...options.settings };
  const scrape = startScrape(settings, {
    intake,
    ledger,
    limits: { maxBodyBytes: 1 << 26, timeoutMs: 1000, budget: new ByteBudget(1 << 27), unpacking: new Lanes(2) },
    now: Date.now,
    bug(error) {
      throw error;
    },
    log: options.log ?? silent,
    ...(options.resolver && { resolver: options.resolver }),
  });
  return { scrape, ledger, ...taken };
}

/** The scraper of one target, whose scrapes happen when the test says so. */
export function scraperOf(address: string, config: object = {}): ByHand {
  const { intake, taken } = memoryIntake();
  const bugs: unknown[] = [];
  const [job] = jobsOf([{ job_name: 'app', ...config, static_configs: [{ targets: [address] }] }]);
  if (job === undefined) throw new Error('there is no job');
  const [target] = targetsOf(job, job.static, relabelling(job.relabel)).targets;
  if (target === undefined) throw new Error('there is no target');
  const client = new HttpClient(job.http, new ByteBudget(1 << 27));
  const bug = (error: unknown): number => bugs.push(error);
  const scraper = new TargetScraper(target, {
    job,
    client,
    metricRelabel: relabelling(job.metricRelabel),
    keep: keepRows({ intake, ledger: new Ledger(), now: Date.now, bug, workspace: 'default' }),
    maxPageBytes: 1 << 26,
    userAgent: 'test',
    bug,
    changed: () => undefined,
  });
  const { signal } = new AbortController();
  return {
    ...taken,
    scrape: (atMs = Date.now()) => scraper.scrape(atMs, signal),
    end: atMs => scraper.end(atMs, signal),
    health: () => scraper.health,
    bugs,
    close: () => client.close(),
  };
}

function jobsOf(configs: readonly object[]): readonly ScrapeJob[] {
  const text = JSON.stringify({ scrape: { configs } });
  return readConfig({ text, name: 'b.yaml' }, { flags: {}, env: {}, cwd: '/' }).scrape.jobs;
}

const noParts = (): Promise<never> => Promise.reject(new Error('a scrape is one message'));

function memoryIntake(onRequest?: () => void): { readonly intake: Intake; readonly taken: Taken } {
  const requests: IntakeRequest[] = [];
  const samples: ReadSample[] = [];
  const rejections = new Set<string>();
  const take = async (request: IntakeRequest): Promise<{ rejected: number; rejectedReason: string; batches: [] }> => {
    onRequest?.();
    requests.push(request);
    samples.push(...samplesOf(request.bytes));
    const { rejected, reason } = rejectionOf(request.bytes);
    if (rejected > 0) rejections.add(reason);
    return { rejected, rejectedReason: reason, batches: [] };
  };
  return {
    intake: Object.assign(take, { parts: noParts }),
    taken: {
      requests,
      samples: () => samples,
      rejections,
      values: series => samples.filter(sample => withoutTarget(sample.series) === series).map(({ value }) => value),
    },
  };
}

/** `name{a="b"}` without the labels that every series of a target has. */
export function withoutTarget(series: string): string {
  return series.replaceAll(/(?:instance|job)="[^"]*",?/g, '').replace(',}', '}');
}
