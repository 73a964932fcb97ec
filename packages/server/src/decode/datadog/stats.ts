import { BadInput } from '../../base/bad-input.js';
import { MsgpackReader, type MsgpackValue } from '../msgpack.js';
import { metricsRequest, type Attributes, type Group, type MetricItem, type Value } from '../otlp-writer.js';
import type { Part } from '../parts.js';
import { ExponentialSketch } from '../statsd/exponential-sketch.js';
import { sketchBins, type SketchBin, type SketchRounding } from './dd-sketch.js';

/**
 * The body of /v0.6/stats: what a tracer counted of its spans before it sampled, in buckets of ten seconds (MessagePack):
 *
 *     { Hostname, Env, Version, Lang, TracerVersion, RuntimeID, Service, Stats: [{ Start, Duration, Stats: [{ Service, Name, Resource, Type, HTTPStatusCode, HTTPMethod,
 *       HTTPEndpoint, SpanKind, GRPCStatusCode, Hits, Errors, Duration, TopLevelHits, OkSummary, ErrorSummary }] }] }
 *
 * It becomes three metrics of deltas: `datadog.trace.stats.hits`, `.errors` and `.duration`, the last a histogram made from the sketches. Resources of databases are
 * statements, with their values in them; they are left out, and their rows added together.
 */
export function datadogStats(body: Uint8Array): readonly Part[] {
  const payload = mapOf(new MsgpackReader(body).value());
  const buckets = payload.get('Stats');
  if (payload.size === 0 || (buckets !== undefined && buckets !== null && !Array.isArray(buckets)))
    throw new BadInput('a body of /v0.6/stats is a map with a list of buckets, Stats');
  let rejected = 0;
  const rows = listOf(buckets).flatMap(value => {
    const bucket = mapOf(value);
    const startNs = integer(bucket.get('Start'));
    const lengthNs = integer(bucket.get('Duration'));
    return listOf(bucket.get('Stats')).flatMap(stat => {
      const fields = mapOf(stat);
      const isRow = fields.size > 0 && startNs > 0n && startNs + lengthNs < 2n ** 63n;
      if (!isRow) rejected += 1;
      return isRow ? [{ fields, startNs, endNs: startNs + lengthNs }] : [];
    });
  });
  const process = processOf(payload, new Set(rows.map(({ fields }) => text(fields.get('Service')))));
  const rounding = roundsUp.has(text(payload.get('Lang'))) ? 'up' : 'down';
  const added = new Map<string, Added>();
  for (const row of rows) add(added, row, process, rounding);
  return [
    {
      signal: 'metrics',
      body: metricsRequest(groupsOf([...added.values()], payload)),
      rejected,
      rejectedReason: rejected === 0 ? '' : 'a row of the statistics has no fields, or its bucket no time',
    },
  ];
}

const roundsUp = new Set(['javascript', 'nodejs', 'python']);

interface Row {
  readonly fields: ReadonlyMap<string, MsgpackValue>;
  readonly startNs: bigint;
  readonly endNs: bigint;
}

/** Rows of one bucket whose attributes are the same, added together. */
interface Added {
  readonly service: string;
  readonly attributes: ReadonlyMap<string, Value>;
  readonly startNs: bigint;
  readonly endNs: bigint;
  hits: number;
  errors: number;
  durationNs: number;
  /** Undefined when a sketch of them could not be read. */
  bins: SketchBin[] | undefined;
}

/**
 * The process whose rows these are. Newer tracers say it. Of others it is the service that all the rest are named after (`shop-postgres`); without such a one
 * each row belongs to its own service (undefined).
 */
function processOf(payload: ReadonlyMap<string, MsgpackValue>, services: ReadonlySet<string>): string | undefined {
  const said = text(payload.get('Service'));
  if (said !== '') return said;
  return [...services].find(name => [...services].every(other => other === name || other.startsWith(`${name}-`)));
}

function add(
  added: Map<string, Added>,
  { fields, startNs, endNs }: Row,
  process: string | undefined,
  rounding: SketchRounding,
): void {
  const own = text(fields.get('Service'));
  const service = process ?? own;
  const attributes = attributesOf(fields, own === service ? '' : own);
  const key = JSON.stringify([service, String(startNs), ...attributes]);
  const sum = added.get(key) ?? { service, attributes, startNs, endNs, hits: 0, errors: 0, durationNs: 0, bins: [] };
  added.set(key, sum);
  sum.hits += count(fields.get('Hits'));
  sum.errors += count(fields.get('Errors'));
  sum.durationNs += count(fields.get('Duration'));
  for (const name of ['OkSummary', 'ErrorSummary']) {
    const bytes = fields.get(name);
    if (!(bytes instanceof Uint8Array)) continue;
    const bins = readSketch(bytes, rounding);
    if (bins === undefined) sum.bins = undefined;
    else sum.bins?.push(...bins);
  }
}

function readSketch(bytes: Uint8Array, rounding: SketchRounding): readonly SketchBin[] | undefined {
  try {
    return sketchBins(bytes, rounding);
  } catch (error) {
    if (error instanceof BadInput) return undefined;
    throw error;
  }
}

const databaseTypes = new Set(['sql', 'db', 'redis', 'valkey', 'memcached', 'mongodb', 'cassandra', 'elasticsearch']);

function attributesOf(fields: ReadonlyMap<string, MsgpackValue>, otherService: string): ReadonlyMap<string, Value> {
  const type = text(fields.get('Type'));
  const resource = databaseTypes.has(type) ? '' : text(fields.get('Resource'));
  const status = integer(fields.get('HTTPStatusCode'));
  const attributes = new Map<string, Value>();
  const set = (name: string, value: Value): void => {
    if (value !== '' && value !== undefined) attributes.set(name, value);
  };
  set('datadog.service', otherService);
  set('datadog.operation', text(fields.get('Name')));
  set('datadog.resource', resource);
  set('datadog.type', type);
  set('http.response.status_code', status > 0n && status < 1000n ? Number(status) : undefined);
  set('http.request.method', text(fields.get('HTTPMethod')));
  set('http.route', text(fields.get('HTTPEndpoint')));
  set('rpc.response.status_code', text(fields.get('GRPCStatusCode')));
  set('span.kind', text(fields.get('SpanKind')));
  set('datadog.top_level', count(fields.get('TopLevelHits')) > 0);
  if (fields.get('Synthetics') === true) set('datadog.synthetics', true);
  return attributes;
}

function groupsOf(rows: readonly Added[], payload: ReadonlyMap<string, MsgpackValue>): readonly Group<MetricItem>[] {
  const byService = groupBy(rows);
  return [...byService].map(([service, own]) => ({
    resource: resourceOf(service, payload),
    scope: { name: 'dd-trace', version: text(payload.get('TracerVersion')) },
    items: [
      sum('datadog.trace.stats.hits', '{span}', own, ({ hits }) => hits),
      sum('datadog.trace.stats.errors', '{span}', own, ({ errors }) => errors),
      ...durations(own),
    ],
  }));
}

function groupBy(rows: readonly Added[]): ReadonlyMap<string, readonly Added[]> {
  const groups = new Map<string, Added[]>();
  for (const row of rows) {
    const group = groups.get(row.service);
    if (group === undefined) groups.set(row.service, [row]);
    else group.push(row);
  }
  return groups;
}

function resourceOf(service: string, payload: ReadonlyMap<string, MsgpackValue>): Attributes {
  return [
    ['service.name', service],
    ['service.version', text(payload.get('Version'))],
    ['service.instance.id', text(payload.get('RuntimeID'))],
    ['deployment.environment.name', text(payload.get('Env'))],
    ['host.name', text(payload.get('Hostname'))],
    ['telemetry.sdk.name', 'datadog'],
    ['telemetry.sdk.version', text(payload.get('TracerVersion'))],
  ].flatMap(([name = '', value = '']) => (value === '' ? [] : [[name, value] as const]));
}

function sum(name: string, unit: string, rows: readonly Added[], value: (row: Added) => number): MetricItem {
  return {
    name,
    unit,
    type: 'sum',
    isMonotonic: true,
    temporality: 'delta',
    points: rows.map(row => ({ ...placeOf(row), value: value(row) })),
  };
}

/** A histogram from the sketches; without them only how many there were, and how long in all. */
function durations(rows: readonly Added[]): readonly MetricItem[] {
  const about = {
    name: 'datadog.trace.stats.duration',
    unit: 's',
    temporality: 'delta',
  } as const;
  const sketched = rows.flatMap(row => {
    if (row.bins === undefined) return [];
    const sketch = new ExponentialSketch();
    for (const { value, count } of row.bins) {
      const seconds = value / 1e9;
      if (Number.isFinite(seconds) && Math.round(count) > 0) sketch.add(seconds, Math.round(count));
    }
    const { min: _min, max: _max, ...point } = sketch.point();
    return [{ ...placeOf(row), ...point, sum: row.durationNs / 1e9 }];
  });
  const plain = rows.flatMap(row =>
    row.bins === undefined
      ? [{ ...placeOf(row), count: row.hits, sum: row.durationNs / 1e9, bounds: [], counts: [row.hits] }]
      : [],
  );
  const items: MetricItem[] = [];
  if (sketched.length > 0) items.push({ ...about, type: 'exponential_histogram', points: sketched });
  if (plain.length > 0) items.push({ ...about, type: 'histogram', points: plain });
  return items;
}

function placeOf({ attributes, startNs, endNs }: Added): {
  readonly attributes: Attributes;
  readonly startNs: bigint;
  readonly timeNs: bigint;
} {
  return { attributes, startNs, timeNs: endNs };
}

function mapOf(value: MsgpackValue | undefined): ReadonlyMap<string, MsgpackValue> {
  return value instanceof Map ? value : new Map();
}

function listOf(value: MsgpackValue | undefined): readonly MsgpackValue[] {
  return Array.isArray(value) ? value : [];
}

function text(value: MsgpackValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

/** A whole number, also from its digits: status codes come as either. */
function integer(value: MsgpackValue | undefined): bigint {
  if (typeof value === 'bigint') return value;
  if (typeof value === 'number' && Number.isFinite(value)) return BigInt(Math.round(value));
  return typeof value === 'string' && /^\d{1,18}$/.test(value) ? BigInt(value) : 0n;
}

/** A count, which is not negative and no more than a number can count. */
function count(value: MsgpackValue | undefined): number {
  const number = Number(integer(value));
  return number > 0 && number <= Number.MAX_SAFE_INTEGER ? number : 0;
}
