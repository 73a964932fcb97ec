import type { ScrapeJob } from '../config/scrape-job.js';
import { readDuration } from '../config/scrape-configs.js';
import { keyOf, sortedLabels, type Labels } from './exposition.js';
import type { Relabel } from './relabel.js';

/** A group of addresses with the labels they share, as a discovery found it. */
export interface TargetGroup {
  readonly targets: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

/** One place to fetch metrics from, after relabelling. */
export interface Target {
  /** Without user and password. */
  readonly url: string;
  /** What its series get: no name begins with two underscores. */
  readonly labels: Labels;
  readonly intervalMs: number;
  readonly timeoutMs: number;
  /** The same target again has the same key. */
  readonly key: string;
}

/** A target that can not be one, and why. */
export interface BadTarget {
  readonly address: string;
  readonly error: string;
}

/** Makes targets of addresses as Prometheus does: `__address__` and its companions are labels that relabelling may change; nothing is said for what is dropped. */
export function targetsOf(
  job: ScrapeJob,
  groups: readonly TargetGroup[],
  relabel: Relabel,
): { readonly targets: readonly Target[]; readonly bad: readonly BadTarget[] } {
  const targets = new Map<string, Target>();
  const bad: BadTarget[] = [];
  for (const { targets: addresses, labels } of groups) {
    for (const address of addresses) {
      const made = targetOf(job, address, labels, relabel);
      if (made === undefined) continue;
      if ('error' in made) bad.push(made);
      else targets.set(made.key, made);
    }
  }
  const { targets: most } = job.limits;
  if (most > 0 && targets.size > most)
    return { targets: [], bad: [{ address: '', error: `more targets (${targets.size}) than target_limit (${most})` }] };
  return { targets: [...targets.values()], bad };
}

function targetOf(
  job: ScrapeJob,
  address: string,
  given: Readonly<Record<string, string>>,
  relabel: Relabel,
): Target | BadTarget | undefined {
  const labels = new Map<string, string>([
    ['job', job.name],
    ['__scrape_interval__', durationText(job.intervalMs)],
    ['__scrape_timeout__', durationText(job.timeoutMs)],
    ['__metrics_path__', job.metricsPath],
    ['__scheme__', job.scheme],
  ]);
  for (const [name, [first]] of Object.entries(job.params))
    if (first !== undefined) labels.set(`__param_${name}`, first);
  for (const [name, value] of Object.entries(given)) if (value !== '') labels.set(name, value);
  labels.set('__address__', address);
  if (!relabel(labels)) return undefined;

  const refuse = (error: string): BadTarget => ({ address, error });
  const host = labels.get('__address__') ?? '';
  if (host === '') return refuse('relabelling left no __address__');
  if (host.includes('/')) return refuse(`${host} is not an address: host:port, without a scheme and without a path`);
  const intervalMs = readDuration(labels.get('__scrape_interval__') ?? '') ?? 0;
  const timeoutMs = readDuration(labels.get('__scrape_timeout__') ?? '') ?? 0;
  if (intervalMs <= 0 || timeoutMs <= 0)
    return refuse('relabelling left no duration in __scrape_interval__ or __scrape_timeout__');
  if (timeoutMs > intervalMs) return refuse('__scrape_timeout__ is longer than __scrape_interval__');

  const url = urlOf(job, host, labels);
  if (url === undefined) return refuse(`${host} does not make a URL`);
  if (!labels.has('instance')) labels.set('instance', host);
  const own = sortedLabels([...labels].flatMap(([name, value]) => (name.startsWith('__') ? [] : [{ name, value }])));
  return { url, labels: own, intervalMs, timeoutMs, key: `${url}\n${keyOf(own)}` };
}

function urlOf(job: ScrapeJob, host: string, labels: ReadonlyMap<string, string>): string | undefined {
  const scheme = labels.get('__scheme__') ?? 'http';
  if (scheme !== 'http' && scheme !== 'https') return undefined;
  const path = labels.get('__metrics_path__') ?? '';
  const text = `${scheme}://${host}${path.startsWith('/') || path === '' ? path : `/${path}`}`;
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  const params = new Map<string, readonly string[]>(Object.entries(job.params));
  for (const [label, value] of labels) {
    if (!label.startsWith('__param_')) continue;
    const name = label.slice('__param_'.length);
    params.set(name, [value, ...(params.get(name) ?? []).slice(1)]);
  }
  for (const [name, values] of params) for (const value of values) url.searchParams.append(name, value);
  url.username = '';
  url.password = '';
  return url.href;
}

const units = [
  ['y', 31_536_000_000],
  ['w', 604_800_000],
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
  ['ms', 1],
] as const;

/** A duration as Prometheus writes it: years, weeks and days only when nothing is left over. */
export function durationText(ms: number): string {
  let text = '';
  let rest = ms;
  for (const [unit, unitMs] of units) {
    if (rest === 0 || (['y', 'w', 'd'].includes(unit) && rest % unitMs > 0)) continue;
    const count = Math.floor(rest / unitMs);
    if (count > 0) text += `${count}${unit}`;
    rest -= count * unitMs;
  }
  return text || '0s';
}
