import { setTimeout as sleep } from 'node:timers/promises';
import type { Budget } from '../base/byte-budget.js';
import type { Log } from '../base/log.js';
import type { ScrapeJob } from '../config/scrape-job.js';
import type { Discovery } from './discovery.js';
import { dnsDiscovery, type Names } from './dns-discovery.js';
import { fileDiscovery } from './file-discovery.js';
import { HttpClient } from './http-client.js';
import { described } from './keep-rows.js';
import { relabelling } from './relabel.js';
import { longestDelayMs, scrapeLoop, type ScrapeLoop } from './scrape-loop.js';
import { targetsOf, type BadTarget, type Target, type TargetGroup } from './target.js';
import { neverScraped, TargetScraper, type Keep, type TargetHealth } from './target-scraper.js';
import { webDiscovery } from './web-discovery.js';

export interface JobDeps {
  readonly keep: Keep;
  readonly budget: Budget;
  readonly maxPageBytes: number;
  readonly userAgent: string;
  readonly resolver: Names | undefined;
  readonly now: () => number;
  readonly bug: (error: unknown) => void;
  readonly log: Log;
}

/** How long the marks of a job's end may wait for room in the log. */
const endWithinMs = 5000;

/** A target and how it does. */
export interface ScrapedTarget extends TargetHealth {
  readonly job: string;
  readonly url: string;
  readonly labels: Target['labels'];
}

export interface RunningJob {
  targets(): readonly ScrapedTarget[];
  /** Marks are written only when the targets are not scraped any more; when the program stops they are still there. */
  stop(options: { readonly targetsAreGone: boolean }): Promise<void>;
}

/** Scrapes the targets of one job: those that stand in it, and those that its discoveries find, as they come and go. */
export function startJob(job: ScrapeJob, deps: JobDeps): RunningJob {
  const { keep, budget, maxPageBytes, userAgent, resolver, now, bug, log } = deps;
  const client = new HttpClient(job.http, budget);
  const relabel = relabelling(job.relabel);
  const metricRelabel = relabelling(job.metricRelabel);
  const stopped = new AbortController();
  const running = new Map<string, { readonly scraper: TargetScraper; readonly loop: ScrapeLoop }>();
  const webClients = job.web.map(({ http }) => new HttpClient(http, budget));
  const discoveries: readonly Discovery[] = [
    ...job.files.map(fileDiscovery),
    ...job.dns.map(config => dnsDiscovery(config, resolver)),
    ...job.web.flatMap((config, index) => {
      const own = webClients[index];
      return own === undefined ? [] : [webDiscovery(config, own, userAgent)];
    }),
  ];
  const groups: (readonly TargetGroup[])[] = [job.static, ...discoveries.map(() => [])];
  let bad: readonly BadTarget[] = [];
  const ending = new Set<Promise<void>>();

  sync();
  // Not waited for: a name server may take its time, and what it says after the stop changes nothing.
  for (const [index, discovery] of discoveries.entries()) void look(discovery, index + 1);

  return {
    targets: () => [
      ...[...running.values()].map(({ scraper: { target, health } }) => ({
        job: job.name,
        url: target.url,
        labels: target.labels,
        ...health,
      })),
      ...bad.map(({ address, error }) => ({
        job: job.name,
        url: address,
        labels: [],
        ...neverScraped,
        state: 'down' as const,
        error,
      })),
    ],
    async stop({ targetsAreGone }) {
      stopped.abort();
      await Promise.all([...running.values()].map(({ loop }) => loop.stop()));
      const soon = AbortSignal.timeout(endWithinMs);
      if (targetsAreGone)
        await Promise.all([...running.values()].map(({ scraper }) => scraper.end(now(), soon).catch(bug)));
      await Promise.all(ending);
      for (const one of [client, ...webClients]) one.close();
    },
  };

  async function look(discovery: Discovery, index: number): Promise<void> {
    let told = '';
    while (!stopped.signal.aborted) {
      try {
        const { groups: found, faults } = await discovery.find(stopped.signal);
        const text = faults.join('; ');
        if (text !== told && text !== '')
          log.warn({ job: job.name }, `${discovery.what}: ${text}; the targets known before stay`);
        told = text;
        if (found !== groups[index]) {
          groups[index] = found;
          sync();
        }
      } catch (error) {
        if (!stopped.signal.aborted) bug(error);
      }
      await sleep(Math.min(discovery.everyMs, longestDelayMs), undefined, { signal: stopped.signal, ref: false }).catch(
        () => undefined,
      );
    }
  }

  /** Starts what is new and ends what is gone. */
  function sync(): void {
    if (stopped.signal.aborted) return;
    const made = targetsOf(job, groups.flat(), relabel);
    if (JSON.stringify(made.bad) !== JSON.stringify(bad))
      for (const { address, error } of made.bad)
        log.warn({ job: job.name }, `the target ${address} can not be scraped: ${error}`);
    bad = made.bad;
    const wanted = new Set(made.targets.map(({ key }) => key));
    for (const [key, { scraper, loop }] of running) {
      if (wanted.has(key)) continue;
      running.delete(key);
      const done: Promise<void> = loop
        .stop()
        .then(() => scraper.end(now(), stopped.signal))
        .catch(bug)
        .finally(() => ending.delete(done));
      ending.add(done);
    }
    for (const target of made.targets) if (!running.has(target.key)) start(target);
  }

  function start(target: Target): void {
    const scraper = new TargetScraper(target, {
      job,
      client,
      metricRelabel,
      keep,
      maxPageBytes,
      userAgent,
      bug,
      changed(target, error) {
        if (error === undefined) log.info({}, `${described(target)} is up`);
        else log.warn({ url: target.url }, `${described(target)} can not be scraped: ${error}`);
      },
    });
    const { key, intervalMs } = target;
    const loop = scrapeLoop({ key, intervalMs, now }, (atMs, signal) => scraper.scrape(atMs, signal).catch(bug));
    running.set(key, { scraper, loop });
  }
}
