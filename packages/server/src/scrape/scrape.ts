import { Gauge } from 'prom-client';
import type { ScrapeJob } from '../config/scrape-job.js';
import type { ReceiveDeps } from '../receive/protocol.js';
import type { Names } from './dns-discovery.js';
import { startJob, type ScrapedTarget } from './job-targets.js';
import { keepRows } from './keep-rows.js';

/** What is scraped, and whose data it is. */
export interface ScrapeSettings {
  readonly workspace: string;
  readonly jobs: readonly ScrapeJob[];
}

export interface ScrapeDeps extends Pick<ReceiveDeps, 'intake' | 'ledger' | 'limits' | 'now' | 'bug' | 'log'> {
  /** Answers `dns_sd_configs`; this machine's name servers by default. */
  readonly resolver?: Names;
}

export interface RunningScrape {
  /** Every target with its health. */
  targets(): readonly ScrapedTarget[];
  /** What is under way is given up; nothing more is written then. */
  stop(): Promise<void>;
}

/** Scrapes what the configuration says, as Prometheus does, until it is stopped. */
export function startScrape({ workspace, jobs }: ScrapeSettings, deps: ScrapeDeps): RunningScrape {
  const { intake, ledger, limits, now, bug, log, resolver } = deps;
  const keep = keepRows({ intake, ledger, now, bug, workspace });
  const running = jobs.map(job =>
    startJob(job, {
      keep,
      budget: limits.budget,
      maxPageBytes: limits.maxBodyBytes,
      userAgent: 'Bellwether',
      resolver,
      now,
      bug,
      log,
    }),
  );
  const targets = (): readonly ScrapedTarget[] => running.flatMap(job => job.targets());
  if (jobs.length > 0) observe(targets, deps);
  return {
    targets,
    async stop() {
      await Promise.all(running.map(job => job.stop()));
    },
  };
}

function observe(targets: () => readonly ScrapedTarget[], { ledger }: ScrapeDeps): void {
  const gauge: Gauge<'state'> = new Gauge({
    name: 'bellwether_scrape_targets',
    help: 'Targets by how their last scrape went.',
    labelNames: ['state'],
    registers: [ledger.registry],
    collect() {
      const all = targets();
      for (const state of ['up', 'down', 'unknown'])
        gauge.set({ state }, all.filter(target => target.state === state).length);
    },
  });
}
