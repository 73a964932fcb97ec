import type { ScrapeJob } from '../config/scrape-job.js';
import { metricName, sortedLabels } from './exposition.js';
import type { Target } from './target.js';
import type { Family, Row } from './write-request.js';

/** What one scrape was like. */
export interface ScrapeReport {
  readonly isUp: boolean;
  readonly durationMs: number;
  readonly samplesScraped: number;
  readonly samplesKept: number;
  readonly seriesAdded: number;
  readonly pageBytes: number;
}

interface ReportMetric {
  readonly name: string;
  readonly family: Family;
  /** Written only with `extra_scrape_metrics`. */
  readonly isExtra: boolean;
  value(report: ScrapeReport, target: Target, job: ScrapeJob): number;
}

const gauge = (help: string, unit = ''): Family => ({ type: 'gauge', help, unit });

const metrics: readonly ReportMetric[] = [
  {
    name: 'up',
    family: gauge('1 when the last scrape of the target succeeded, 0 when it failed.'),
    isExtra: false,
    value: ({ isUp }) => (isUp ? 1 : 0),
  },
  {
    name: 'scrape_duration_seconds',
    family: gauge('How long the target took to answer.', 'seconds'),
    isExtra: false,
    value: ({ durationMs }) => durationMs / 1000,
  },
  {
    name: 'scrape_samples_scraped',
    family: gauge('Samples that the target exposed.'),
    isExtra: false,
    value: ({ samplesScraped }) => samplesScraped,
  },
  {
    name: 'scrape_samples_post_metric_relabeling',
    family: gauge('Samples that were left after metric_relabel_configs.'),
    isExtra: false,
    value: ({ samplesKept }) => samplesKept,
  },
  {
    name: 'scrape_series_added',
    family: gauge('Series that the scrape before did not have.'),
    isExtra: false,
    value: ({ seriesAdded }) => seriesAdded,
  },
  {
    name: 'scrape_timeout_seconds',
    family: gauge('How long the target may take to answer.', 'seconds'),
    isExtra: true,
    value: (_, { timeoutMs }) => timeoutMs / 1000,
  },
  {
    name: 'scrape_sample_limit',
    family: gauge('sample_limit of the target; 0: none.'),
    isExtra: true,
    value: (_, __, { limits }) => limits.samples,
  },
  {
    name: 'scrape_body_size_bytes',
    family: gauge('Size of the unpacked page.', 'bytes'),
    isExtra: true,
    value: ({ pageBytes }) => pageBytes,
  },
];

/** The samples about a scrape that every target gets; without a report, the marks that they ended. */
export function reportRows(
  target: Target,
  job: ScrapeJob,
  timeMs: number,
  report: ScrapeReport | undefined,
): readonly Row[] {
  return metrics
    .filter(({ isExtra }) => !isExtra || job.extraMetrics)
    .map(({ name, family, value }) => ({
      labels: sortedLabels([{ name: metricName, value: name }, ...target.labels]),
      family,
      timeMs,
      startMs: 0,
      value: report === undefined ? 'stale sample' : value(report, target, job),
      exemplars: [],
    }));
}
