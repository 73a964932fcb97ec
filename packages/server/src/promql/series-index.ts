import { type Labels, type Matcher, QueryError, compareText, metricName } from '@bellwether/promql';
import { z } from 'zod';
import { type Exposure, readCatalogue, type Catalogue } from './catalogue.js';
import { prometheusLabel } from './prometheus-names.js';
import { type Reader, compactRows } from './reader.js';

/** A series as it is stored. */
export interface StoredSeries {
  readonly id: bigint;
  readonly type: string;
  readonly unit: string;
  readonly isMonotonic: boolean;
  readonly scope: string;
  /** Undefined for what came as Prometheus series. */
  readonly resource: Target | undefined;
  /** Sorted by name. */
  readonly attributes: Labels;
  /** The day on which it was last written. */
  readonly lastSeenMs: number;
}

/** What `job` and `instance` say of the resource that a series came from. */
export interface Target {
  readonly id: string;
  readonly job: string;
  readonly instance: string;
}

/** The series of one name, with their labels as they are asked for. */
export interface ExposedSeries {
  readonly exposure: Exposure;
  readonly series: readonly StoredSeries[];
  /** By series; `__name__` is among them. */
  readonly labels: readonly Labels[];
  /** Whether these are all series of the stored metric. */
  readonly isWhole: boolean;
}

interface StoredMetric {
  readonly series: readonly StoredSeries[];
  readonly views: Map<string, ExposedSeries>;
}

/** Metrics with more series are asked for with what the matchers say, and not remembered. */
const maxWholeSeries = 50_000;
/** Series that a worker remembers. */
const maxCachedSeries = 200_000;
/** What a series, a text and a place in a list take besides what they hold. */
const seriesBytes = 300;
const wordBytes = 60;
const pointerBytes = 8;
/** A series that a selector means, with its place in lists. */
const pickBytes = 120;
/** What selectors mean is remembered for so many series in all, and so many selectors. */
const maxPickedSeries = 200_000;
const maxPicks = 500;
/** Series that one query may look at. */
const maxSeries = 300_000;

const seriesRow = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.number(),
  z.string(),
  z.string(),
  z.string(),
  z.array(z.string()),
  z.array(z.string()),
  z.string(),
]);
const targetRow = z.tuple([z.string(), z.string(), z.string(), z.string()]);

/**
 * The series of a workspace by name, remembered until others come: `Reader.version` changes then, and everything is read anew.
 */
export class SeriesIndex {
  #version = -1;
  #catalogue: Promise<Catalogue> | undefined;
  readonly #metrics = new Map<string, StoredMetric>();
  #cached = 0;
  #words = new Map<string, string>();
  #bytes = 0;
  #picked = new Map<string, unknown>();
  #pickedSeries = 0;

  /** What `make` gives for these matchers and the series that are known, remembered as long as no others came. `size`: how many series it holds. */
  async remembered<Made>(
    reader: Reader,
    matchers: readonly Matcher[],
    make: () => Promise<{ readonly made: Made; readonly size: number }>,
  ): Promise<Made> {
    this.#renew(reader.version);
    const key = JSON.stringify(matchers.map(({ name, op, value }) => [name, op, value]));
    const known = this.#picked.get(key);
    // One kind of thing is remembered: what `StoreSource` picks.
    if (known !== undefined) return known as Made;
    const { version } = reader;
    const { made, size } = await make();
    if (version !== this.#version || size > maxPickedSeries) return made;
    if (this.#pickedSeries + size > maxPickedSeries || this.#picked.size >= maxPicks) this.#forgetPicks();
    this.#picked.set(key, made);
    this.#pickedSeries += size;
    return made;
  }

  /** About how much memory it takes. */
  get bytes(): number {
    return this.#bytes + this.#pickedSeries * pickBytes;
  }

  async catalogue(reader: Reader): Promise<Catalogue> {
    this.#renew(reader.version);
    const asked = (this.#catalogue ??= readCatalogue(reader));
    try {
      return await asked;
    } catch (error) {
      this.#catalogue = undefined;
      throw error;
    }
  }

  /** The series behind names. Matchers may make it read fewer; who asks tests them all the same. */
  async seriesOf(
    reader: Reader,
    exposures: readonly Exposure[],
    matchers: readonly Matcher[],
  ): Promise<readonly ExposedSeries[]> {
    const { families } = await this.catalogue(reader);
    const wanted = new Set(exposures.map(({ metric }) => metric));
    const counts = new Map<string, number>();
    for (const { metric, series } of families) {
      if (wanted.has(metric)) counts.set(metric, (counts.get(metric) ?? 0) + series);
    }
    const found = new Map<string, StoredMetric>();
    const whole: string[] = [];
    const large: string[] = [];
    let total = 0;
    for (const [metric, count] of counts) {
      const known = this.#metrics.get(metric);
      if (known !== undefined) {
        total += known.series.length;
        found.set(metric, known);
      } else if (count > maxWholeSeries) large.push(metric);
      else {
        total += count;
        whole.push(metric);
      }
    }
    // Rows of a series that were not merged yet count several times; a guess that is far too high must not refuse a query.
    const isNarrow = narrowed(matchers).sql !== '';
    if (total > 4 * maxSeries && !isNarrow) throw tooManySeries(total);
    // Too many to look at all of them; what the matchers say may still mean few.
    if (total > maxSeries && isNarrow) large.push(...whole.splice(0));
    if (whole.length > 0) {
      const read = await this.#read(reader, whole, []);
      for (const [metric, stored] of read) {
        found.set(metric, stored);
        this.#remember(metric, stored);
      }
    }
    if (large.length > 0) {
      for (const [metric, stored] of await this.#read(reader, large, matchers)) found.set(metric, stored);
    }
    const parts = new Set(large);
    return exposures.flatMap(exposure => {
      const stored = found.get(exposure.metric);
      return stored === undefined ? [] : [exposed(stored, exposure, parts.has(exposure.metric))];
    });
  }

  #renew(version: number): void {
    if (version === this.#version) return;
    this.#version = version;
    this.#catalogue = undefined;
    this.#forget();
  }

  #forgetPicks(): void {
    this.#picked = new Map();
    this.#pickedSeries = 0;
  }

  #forget(): void {
    this.#forgetPicks();
    this.#metrics.clear();
    this.#cached = 0;
    this.#words = new Map();
    this.#bytes = 0;
  }

  #remember(metric: string, stored: StoredMetric): void {
    if (this.#cached + stored.series.length > maxCachedSeries) this.#forget();
    if (stored.series.length > maxCachedSeries) return;
    this.#metrics.set(metric, stored);
    this.#cached += stored.series.length;
    // Both as they are stored and as they are shown.
    for (const { attributes } of stored.series) this.#bytes += seriesBytes + attributes.length * 2 * pointerBytes;
  }

  async #read(
    reader: Reader,
    metrics: readonly string[],
    matchers: readonly Matcher[],
  ): Promise<ReadonlyMap<string, StoredMetric>> {
    const where = narrowed(matchers);
    const scope = `workspace = {workspace:String} AND metric IN {metrics:Array(String)}${where.sql}`;
    const params = { metrics, ...where.params };
    const [rows, resources] = await Promise.all([
      reader.read({
        sql: `SELECT metric, toString(id), type, unit, toUInt8(monotonic), scope_name, toString(resource_id), service, mapKeys(attrs), mapValues(attrs),
  toString(toUnixTimestamp64Milli(last_seen))
FROM metric_series
WHERE ${scope}
ORDER BY metric, id, last_seen DESC
LIMIT 1 BY metric, id
LIMIT ${maxSeries + 1}`,
        params,
      }),
      reader.read({
        sql: `SELECT toString(id), attrs['service.namespace'], attrs['service.name'], attrs['service.instance.id']
FROM resources
WHERE workspace = {workspace:String} AND id IN (SELECT DISTINCT resource_id FROM metric_series WHERE ${scope} AND resource_id != 0)
LIMIT 1 BY id`,
        params,
      }),
    ]);
    const targets = new Map<string, Target>();
    for (const row of compactRows(resources)) {
      const [id, namespace, service, instance] = targetRow.parse(row);
      targets.set(id, { id, job: namespace === '' ? service : `${namespace}/${service}`, instance });
    }
    const parsed = compactRows(rows);
    if (parsed.length > maxSeries) throw tooManySeries(parsed.length);
    const found = new Map<string, StoredSeries[]>();
    for (const row of parsed) {
      // The engine writes what the statement names; checking each of many rows in full would cost more than reading them.
      const [metric, id, type, unit, monotonic, scope, resource, service, keys, values, lastSeen] = row as z.output<
        typeof seriesRow
      >;
      let series = found.get(metric);
      if (series === undefined) {
        seriesRow.parse(row);
        found.set(metric, (series = []));
      }
      series.push({
        id: BigInt(id),
        type: this.#word(type),
        unit: this.#word(unit),
        isMonotonic: monotonic === 1,
        scope: this.#word(scope),
        resource:
          resource === '0' ? undefined : (targets.get(resource) ?? { id: resource, job: service, instance: '' }),
        attributes: this.#labels(keys, values),
        lastSeenMs: Number(lastSeen),
      });
    }
    return new Map([...found].map(([metric, series]) => [metric, { series, views: new Map() }]));
  }

  #labels(keys: readonly string[], values: readonly string[]): Labels {
    const flat: string[] = [];
    let isSorted = true;
    for (let at = 0; at < keys.length; at++) {
      const value = values[at] ?? '';
      if (value === '') continue;
      const key = this.#word(keys[at] ?? '');
      if (isSorted && flat.length > 0 && compareText(flat[flat.length - 2] ?? '', key) >= 0) isSorted = false;
      flat.push(key, this.#word(value));
    }
    return isSorted ? flat : sorted(flat);
  }

  /** One object for a text that occurs in many series. */
  #word(text: string): string {
    const known = this.#words.get(text);
    if (known !== undefined) return known;
    this.#words.set(text, text);
    this.#bytes += text.length + wordBytes;
    return text;
  }
}

/** Conditions on labels that the store can test: exact ones, on Prometheus' series, whose labels are stored as they are asked for. */
function narrowed(matchers: readonly Matcher[]): { readonly sql: string; readonly params: Record<string, string> } {
  const params: Record<string, string> = {};
  const exact = matchers.filter(({ name, op, value }) => op === '=' && value !== '' && name !== metricName);
  const conditions = exact.map(({ name, value }, at) => {
    params[`key${at}`] = name;
    params[`value${at}`] = value;
    return `attrs[{key${at}:String}] = {value${at}:String}`;
  });
  return { sql: conditions.length === 0 ? '' : ` AND (resource_id != 0 OR (${conditions.join(' AND ')}))`, params };
}

function exposed(stored: StoredMetric, exposure: Exposure, isPart: boolean): ExposedSeries {
  const { name, view, keepsNames, type, unit, isMonotonic, origin } = exposure;
  const key = JSON.stringify([name, view, keepsNames, origin, type, unit, isMonotonic]);
  const known = stored.views.get(key);
  if (known !== undefined) return known;
  const series = stored.series.filter(one =>
    origin === 'prometheus'
      ? one.resource === undefined
      : one.resource !== undefined && one.type === type && one.unit === unit && one.isMonotonic === isMonotonic,
  );
  const made: ExposedSeries = {
    exposure,
    series,
    labels: series.map(one => exposedLabels(one, name, keepsNames)),
    isWhole: !isPart && series.length === stored.series.length,
  };
  stored.views.set(key, made);
  return made;
}

/** The labels of a series: those of Prometheus as they are, OpenTelemetry's attributes with what they came from. */
function exposedLabels({ attributes, resource, scope }: StoredSeries, name: string, keepsNames: boolean): Labels {
  const labels = new Map<string, string>();
  if (resource === undefined) {
    for (let at = 0; at < attributes.length; at += 2) labels.set(attributes[at] ?? '', attributes[at + 1] ?? '');
  } else {
    for (let at = 0; at < attributes.length; at += 2) {
      const own = attributes[at] ?? '';
      const label = keepsNames ? own : prometheusLabel(own);
      const value = attributes[at + 1] ?? '';
      const before = labels.get(label);
      // Attributes whose names become the same label share it, in the order of their own names.
      labels.set(label, before === undefined ? value : `${before};${value}`);
    }
    if (scope !== '') labels.set('otel_scope_name', scope);
    if (resource.job !== '') labels.set('job', resource.job);
    if (resource.instance !== '') labels.set('instance', resource.instance);
  }
  labels.set(metricName, name);
  const flat: string[] = [];
  for (const [label, value] of labels) flat.push(label, value);
  return sorted(flat);
}

function sorted(flat: readonly string[]): Labels {
  const pairs: [string, string][] = [];
  for (let at = 0; at < flat.length; at += 2) pairs.push([flat[at] ?? '', flat[at + 1] ?? '']);
  return pairs.sort(([a], [b]) => compareText(a, b)).flat();
}

function tooManySeries(count: number): QueryError {
  return new QueryError(
    'execution',
    `the selector has to look at about ${count} series, more than the ${maxSeries} that a query may: name a metric, or a label's value`,
  );
}
