import { Gauge } from 'prom-client';
import type { ScrapeJob } from '../config/scrape-job.js';
import type { ReceiveDeps } from '../receive/protocol.js';
import type { Names } from './dns-discovery.js';
import { startJob, type RunningJob, type ScrapedTarget } from './job-targets.js';
import { keepRows } from './keep-rows.js';
import { jobKey, rereadJobs } from './reread-jobs.js';

/** What is scraped, and whose data it is. */
export interface ScrapeSettings {
  readonly workspace: string;
  readonly jobs: readonly ScrapeJob[];
  /** A Prometheus configuration that some of the jobs stand in; it is read again when it changes. */
  readonly file?: string | undefined;
  /** The jobs that do not stand in it. */
  readonly ownJobs?: readonly ScrapeJob[];
  /** How often it is looked at; 2 s by default. */
  readonly lookMs?: number;
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
export function startScrape(settings: ScrapeSettings, deps: ScrapeDeps): RunningScrape {
  const { workspace, jobs, file, ownJobs = [], lookMs = 2000 } = settings;
  const { intake, ledger, limits, now, bug, log, resolver } = deps;
  const keep = keepRows({ intake, ledger, now, bug, workspace });
  const running = new Map<string, { readonly key: string; readonly job: RunningJob }>();
  const stopped = new AbortController();

  for (const job of jobs) start(job);
  const targets = (): readonly ScrapedTarget[] => [...running.values()].flatMap(({ job }) => job.targets());
  if (jobs.length > 0 || file !== undefined) observe(targets, deps);
  const rereading =
    file === undefined
      ? Promise.resolve()
      : rereadJobs({ file, ownJobs, everyMs: lookMs }, replace, log, stopped.signal).catch(bug);

  return {
    targets,
    async stop() {
      stopped.abort();
      await rereading;
      await Promise.all([...running.values()].map(({ job }) => job.stop({ targetsAreGone: false })));
    },
  };

  function start(job: ScrapeJob): void {
    const { budget, maxBodyBytes: maxPageBytes } = limits;
    const started = startJob(job, { keep, budget, maxPageBytes, userAgent: 'Bellwether', resolver, now, bug, log });
    running.set(job.name, { key: jobKey(job), job: started });
  }

  /** Jobs that are the same go on untouched. */
  async function replace(wanted: readonly ScrapeJob[]): Promise<void> {
    const keys = new Set(wanted.map(jobKey));
    const gone = [...running].filter(([, { key }]) => !keys.has(key));
    await Promise.all(gone.map(([, { job }]) => job.stop({ targetsAreGone: true })));
    for (const [name] of gone) running.delete(name);
    if (stopped.signal.aborted) return;
    for (const job of wanted) if (!running.has(job.name)) start(job);
  }
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
