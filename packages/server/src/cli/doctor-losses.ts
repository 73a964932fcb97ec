import type { CardinalityAnswer } from '@bellwether/model';
import { counted, type Finding } from './finding.js';
import { sumOf, type MetricLine } from './metric-text.js';

const ledgerName = 'bellwether_ledger_items_total';

const droppedRemedies: Readonly<Record<string, string>> = {
  engine: 'The engine refused their rows: they are in blocks/quarantine of the data folder for a week.',
  corrupt: 'The disk gave back other bytes than were written: look after the disk. They are in wal/quarantine.',
  bug: 'A mistake of ours; the requests are in wal/quarantine. Please report it.',
};

/** The ledger of all workspaces in one line, and what was lost. */
export function ledgerFindings(lines: readonly MetricLine[]): readonly Finding[] {
  const of = (outcome: string): number => sumOf(lines, ledgerName, { outcome });
  const pending = sumOf(lines, 'bellwether_ledger_pending_items');
  const others = [
    ['duplicate', of('duplicate')],
    ['refused', of('refused')],
    ['dropped', of('dropped')],
    ['sampled out', of('sampled_out')],
  ] as const;
  const parts = [
    `${of('stored').toLocaleString('en')} stored`,
    `${pending.toLocaleString('en')} pending`,
    ...others.filter(([, items]) => items > 0).map(([name, items]) => `${items.toLocaleString('en')} ${name}`),
  ];
  const findings: Finding[] = [
    { level: 'ok', text: `Ledger: ${counted(of('received'), 'item')} received = ${parts.join(' + ')}.` },
  ];
  for (const [reason, items] of byReason(lines, 'dropped'))
    findings.push({
      level: 'warning',
      text: `${counted(items, 'item was', 'items were')} acknowledged and lost (${reason}).`,
      remedy: droppedRemedies[reason] ?? 'Settings → Data says whose they were.',
    });
  const reported = byReason(lines, 'reported');
  if (reported.length > 0)
    findings.push({
      level: 'warning',
      text: `Senders say they lost items before they came here: ${reported.map(([reason, items]) => `${items.toLocaleString('en')} ${reason}`).join(', ')}.`,
      remedy: 'These are the words of their SDK; sampling and rate limits of the SDK are among them.',
    });
  return findings;
}

function byReason(lines: readonly MetricLine[], outcome: string): readonly (readonly [string, number])[] {
  const sums = new Map<string, number>();
  for (const { name, labels, value } of lines) {
    if (name !== ledgerName || labels.get('outcome') !== outcome) continue;
    const reason = labels.get('reason') ?? '';
    sums.set(reason, (sums.get(reason) ?? 0) + value);
  }
  return [...sums].filter(([, items]) => items > 0);
}

/** What only the counters know: targets that can not be scraped, and what StatsD, which hears no answer, lost. */
export function counterFindings(lines: readonly MetricLine[]): readonly Finding[] {
  const findings: Finding[] = [];
  const targets = (state: string): number => sumOf(lines, 'bellwether_scrape_targets', { state });
  const [up, down, unknown] = [targets('up'), targets('down'), targets('unknown')];
  if (up + down + unknown > 0)
    findings.push({
      level: down > 0 ? 'warning' : 'ok',
      text: `Scraping: ${counted(up, 'target')} up, ${down} down${unknown > 0 ? `, ${unknown} not scraped yet` : ''}.`,
      ...(down > 0 && { remedy: 'What `bellwether up` prints on stderr names each target that is down, and why.' }),
    });
  const kernelDrops = sumOf(lines, 'bellwether_statsd_udp_kernel_drops');
  if (kernelDrops > 0)
    findings.push({
      level: 'warning',
      text: `StatsD: the kernel threw away ${counted(kernelDrops, 'datagram')} that came faster than they were read.`,
      remedy: 'Let the client put many lines into a datagram, raise net.core.rmem_max, or send over TCP.',
    });
  const overwrites = sumOf(lines, 'bellwether_statsd_gauge_overwrites_total');
  if (overwrites > 10_000)
    findings.push({
      level: 'warning',
      text: `StatsD: gauges were overwritten ${overwrites.toLocaleString('en')} times before they were kept.`,
      remedy: 'A gauge keeps its last value only: send durations as timers (|ms) and sizes as distributions (|d).',
    });
  const points = sumOf(lines, 'bellwether_statsd_dropped_points_total');
  if (points > 0)
    findings.push({
      level: 'warning',
      text: `StatsD: ${counted(points, 'aggregated point')} had no room in memory while the log was full.`,
      remedy: 'Make room on the disk of the data folder, or raise wal.maxBytes.',
    });
  return findings;
}

const maxListed = 5;

/** Metrics with more series than they may have, and the label that makes them. */
export function seriesFindings(
  { metrics, overflows }: CardinalityAnswer,
  maxSeriesPerMetric: number,
): readonly Finding[] {
  const labelOf = (metric: string): string => {
    const label = metrics.find(each => each.metric === metric)?.labels[0];
    return label === undefined
      ? 'Drop the label that makes them at the sender'
      : `The label ${label.key} has ${counted(label.values, 'value')} (${label.examples.join(', ')}): drop it at the sender`;
  };
  const overflowing = new Set(overflows.map(({ metric }) => metric));
  const large = metrics.filter(({ metric, series }) => series >= maxSeriesPerMetric && !overflowing.has(metric));
  return [
    ...overflows.slice(0, maxListed).map(({ metric, limit, points }): Finding => ({
      level: 'warning',
      text: `The metric ${metric} has more than ${counted(limit, 'series', 'series')}: ${counted(points, 'point')} had no series of their own.`,
      remedy: `${labelOf(metric)}, or raise ingest.maxSeriesPerMetric.`,
    })),
    ...large.slice(0, maxListed).map(({ metric, series }): Finding => ({
      level: 'warning',
      text: `The metric ${metric} has ${counted(series, 'series', 'series')} in the last hour.`,
      remedy: `${labelOf(metric)}.`,
    })),
  ];
}
