import type { ServiceChartsAnswer, RedSeries } from '@bellwether/model';
import type { Change } from '../charts/headline.js';
import { formatChange, formatDifference, formatPoints } from '../format.js';

type Values = readonly (number | null)[];

/** Which way a rise points. */
export type Direction = 'rise-is-bad' | 'rise-is-good' | 'neither';

const lookBackSteps = 3;

/**
 * The value of the last complete step, or of the few before it when it has none, for services with little traffic.
 * While nothing is complete, that of the step that is still filling.
 */
export function headlineStep(values: Values, lastIncomplete: boolean): number | undefined {
  const last = values.length - (lastIncomplete ? 2 : 1);
  for (let step = last; step > last - lookBackSteps && step >= 0; step -= 1) if (isKnown(values[step])) return step;
  return isKnown(values.at(-1)) ? values.length - 1 : undefined;
}

function isKnown(value: number | null | undefined): boolean {
  return value !== null && value !== undefined;
}

/** What stands in the headline of one of the series. */
export function headlineValue(answer: ServiceChartsAnswer, measure: keyof RedSeries): number | undefined {
  const values = answer.now[measure];
  const step = headlineStep(values, answer.lastStepIncomplete);
  return step === undefined ? undefined : (values[step] ?? undefined);
}

type ChangeKind = { readonly direction: Direction; readonly as: 'percent' | 'points' | 'difference' };

/** How the headline differs from the same moment of the compared period; undefined without one. */
export function headlineChange(
  answer: ServiceChartsAnswer,
  measure: keyof RedSeries,
  { direction, as }: ChangeKind,
): Change | undefined {
  if (answer.before === null) return undefined;
  const values = answer.now[measure];
  const step = headlineStep(values, answer.lastStepIncomplete);
  const now = step === undefined ? null : (values[step] ?? null);
  const before = step === undefined ? null : (answer.before[measure][step] ?? null);
  if (now === null || before === null) return undefined;
  if (as === 'percent')
    return before === 0 ? undefined : toned(formatChange(now / before - 1), now - before, direction);
  const text = as === 'points' ? formatPoints(now - before) : formatDifference(now - before);
  return toned(text, now - before, direction);
}

/** Change text with its colour. A change that is shown as 0 is neither good nor bad. */
export function toned(text: string, difference: number, direction: Direction): Change {
  const isZero = /^0\D*$/.test(text);
  if (isZero || direction === 'neither') return { text, tone: 'flat' };
  const isBad = difference > 0 === (direction === 'rise-is-bad');
  return { text, tone: isBad ? 'bad' : 'good' };
}

/** A change of latency in a table: small ones are noise and stay grey. */
export function latencyTone(change: number | null): 'bad' | 'good' | 'flat' {
  if (change === null || Math.abs(change) < 0.05) return 'flat';
  return change > 0 ? 'bad' : 'good';
}

/** What an Apdex is called: excellent from 0.94, good 0.85, fair 0.7, poor 0.5. */
export function apdexWord(apdex: number | undefined): string | undefined {
  if (apdex === undefined) return undefined;
  if (apdex >= 0.94) return 'excellent';
  if (apdex >= 0.85) return 'good';
  if (apdex >= 0.7) return 'fair';
  return apdex >= 0.5 ? 'poor' : 'unacceptable';
}

/** `GET /orders/:id` → method and route; a name without a method stays whole. */
export function splitOperation(operation: string, kind: string): { readonly method: string; readonly name: string } {
  const match = /^(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) (.+)$/.exec(operation);
  if (match !== null) return { method: match[1] ?? '', name: match[2] ?? operation };
  return { method: kind === 'consumer' ? 'QUEUE' : '', name: operation };
}

/** `postgresql shop` → PostgreSQL and shop; `payments:8080` stays with HTTP below it. */
export function splitPeer(peer: string, type: string): { readonly title: string; readonly below: string } {
  const [first = '', ...rest] = peer.split(' ');
  const product = products[first.toLowerCase()];
  if (product !== undefined) return { title: product, below: rest.join(' ') || typeWords[type] || '' };
  return { title: peer === '' ? 'Unknown' : peer, below: typeWords[type] ?? '' };
}

const products: { readonly [system: string]: string } = {
  postgresql: 'PostgreSQL',
  mysql: 'MySQL',
  redis: 'Redis',
  mongodb: 'MongoDB',
  mssql: 'SQL Server',
  kafka: 'Kafka',
  rabbitmq: 'RabbitMQ',
  sqlite: 'SQLite',
  memcached: 'Memcached',
  elasticsearch: 'Elasticsearch',
};

const typeWords: { readonly [type: string]: string } = {
  db: 'Database',
  cache: 'Cache',
  queue: 'Queue',
  http: 'HTTP',
  other: '',
};

/** Short names for a legend: the product alone where it tells the layers apart, numbered where even the full name does not. */
export function layerNames(layers: readonly string[]): readonly string[] {
  const short = layers.map(layer => splitPeer(layer, 'other').title);
  const used = new Map<string, number>();
  return layers.map((layer, at) => {
    const title = short[at] ?? layer;
    const name = short.indexOf(title) === short.lastIndexOf(title) ? title : layer;
    const count = (used.get(name) ?? 0) + 1;
    used.set(name, count);
    return count === 1 ? name : `${name} ${count}`;
  });
}
