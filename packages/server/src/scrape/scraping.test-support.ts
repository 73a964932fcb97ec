import { ByteBudget } from '../base/byte-budget.js';
import { silent, type Log } from '../base/log.js';
import { Lanes } from '../base/lanes.js';
import { readConfig } from '../config/load-config.js';
import { Ledger } from '../receive/ledger.js';
import type { Intake, IntakeRequest } from '../receive/intake.js';
import type { Names } from './dns-discovery.js';
import { startScrape, type RunningScrape } from './scrape.js';
import { rejectionOf, samplesOf, type ReadSample } from './scraped-rows.test-support.js';

export interface Scraping {
  readonly scrape: RunningScrape;
  readonly ledger: Ledger;
  /** What the intake was given so far. */
  readonly requests: readonly IntakeRequest[];
  /** All samples so far. */
  samples(): readonly ReadSample[];
  /** Why something that the intake was given can not be stored. */
  readonly rejections: ReadonlySet<string>;
  /** Values of one series by its name and labels without job and instance, in the order of their times. */
  values(series: string): readonly (number | 'stale')[];
}

export interface ScrapingOptions {
  readonly resolver?: Names;
  readonly log?: Log;
  readonly maxBodyBytes?: number;
  readonly bugs?: unknown[];
  /** Called before a request is taken; may throw. */
  readonly onRequest?: () => void;
}

const noParts = (): Promise<never> => Promise.reject(new Error('a scrape is one message'));

/** Scrapes as `scrape.configs` says; the intake keeps what it is given in memory. */
export function startScraping(configs: readonly object[], options: ScrapingOptions = {}): Scraping {
  const text = JSON.stringify({ scrape: { configs } });
  const { scrape: settings } = readConfig({ text, name: 'b.yaml' }, { flags: {}, env: {}, cwd: '/' });
  const requests: IntakeRequest[] = [];
  const samples: ReadSample[] = [];
  const rejections = new Set<string>();
  const take = async (request: IntakeRequest): Promise<{ rejected: number; rejectedReason: string; batches: [] }> => {
    options.onRequest?.();
    requests.push(request);
    samples.push(...samplesOf(request.bytes));
    const rejection = rejectionOf(request.bytes);
    if (rejection !== '') rejections.add(rejection);
    return { rejected: 0, rejectedReason: '', batches: [] };
  };
  const intake: Intake = Object.assign(take, { parts: noParts });
  const maxBodyBytes = options.maxBodyBytes ?? 1 << 26;
  const ledger = new Ledger();
  const scrape = startScrape(settings, {
    intake,
    ledger,
    limits: { maxBodyBytes, timeoutMs: 1000, budget: new ByteBudget(1 << 27), unpacking: new Lanes(2) },
    now: Date.now,
    bug: error => options.bugs?.push(error),
    log: options.log ?? silent,
    ...(options.resolver && { resolver: options.resolver }),
  });
  return {
    scrape,
    ledger,
    requests,
    samples: () => samples,
    rejections,
    values: series => samples.filter(sample => withoutTarget(sample.series) === series).map(({ value }) => value),
  };
}

/** `name{a="b"}` without the labels that every series of a target has. */
export function withoutTarget(series: string): string {
  return series.replaceAll(/(?:instance|job)="[^"]*",?/g, '').replace(',}', '}');
}
