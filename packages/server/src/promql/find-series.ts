import {
  type Labels,
  type Matcher,
  QueryError,
  compareLabels,
  compareText,
  labelValue,
  labelsKey,
  metricName,
  parseSelector,
  plainNumber,
  withLabel,
} from '@bellwether/promql';
import { z } from 'zod';
import { labelsJson, successAnswer } from './answer-text.js';
import type { Catalogue } from './catalogue.js';
import { Matching } from './matching.js';
import { prometheusLabel } from './prometheus-names.js';
import type { Answer, Question, QuestionLimits } from './question.js';
import { type Reader, compactRows } from './reader.js';
import { firstTimeMs, lastTimeMs, timeWanted } from './sample-columns.js';
import type { SeriesIndex } from './series-index.js';
import { askedSpanMetrics, spanFamilies, spanMetricLabels } from './span-metrics.js';
import { type Pick, StoreSource } from './store-source.js';

type Asked<Kind> = Extract<Question, { kind: Kind }>;

const dayMs = 86_400_000;

/** Whether a series was written since the range began: rows of series say on which day they were last written. */
const isSeen = (lastSeenMs: number, { startMs }: { readonly startMs: number }): boolean =>
  lastSeenMs >= Math.floor(startMs / dayMs) * dayMs;

const limitedText = 'results truncated due to limit';

/** The series that selectors mean. */
export async function seriesAnswer(
  question: Asked<'series'>,
  reader: Reader,
  index: SeriesIndex,
  limits: QuestionLimits,
): Promise<Answer> {
  const sets = await labelSets(question, reader, index, limits);
  const sorted = [...sets.values()].sort(compareLabels);
  const shown = question.limit > 0 ? sorted.slice(0, question.limit) : sorted;
  return successAnswer(
    out => {
      out.add('[');
      shown.forEach((labels, at) => out.add(`${at === 0 ? '' : ','}${labelsJson(labels)}`));
      out.add(']');
    },
    { warnings: shown.length < sorted.length ? [limitedText] : [] },
  );
}

/** Names of labels: of the series that selectors mean, or of all. */
export async function labelsAnswer(
  question: Asked<'labels'>,
  reader: Reader,
  index: SeriesIndex,
  limits: QuestionLimits,
): Promise<Answer> {
  const names = new Set<string>();
  if (question.match.length > 0) {
    for (const labels of (await labelSets(question, reader, index, limits)).values()) {
      for (let at = 0; at < labels.length; at += 2) names.add(labels[at]!);
    }
  } else {
    const known = await storedLabels(reader, question.startMs);
    const catalogue = await index.catalogue(reader);
    const views = new Set([...catalogue.listed.values()].flat().map(({ view }) => view));
    if (listedNames(catalogue, question).length > 0) names.add(metricName);
    for (const { name } of known) names.add(name);
    if (known.some(({ isOtlp }) => isOtlp)) for (const name of ['job', 'instance', 'otel_scope_name']) names.add(name);
    if (views.has('bucket')) names.add('le');
  }
  return listAnswer([...names], question.limit);
}

/** Values of one label. */
export async function labelValuesAnswer(
  question: Asked<'labelValues'>,
  reader: Reader,
  index: SeriesIndex,
  limits: QuestionLimits,
): Promise<Answer> {
  const { label, match } = question;
  if (label === '') throw new QueryError('bad_data', 'invalid label name: ""');
  if (match.length === 0 && label === metricName) {
    const ofSpans = await spanFamilies(reader, question.startMs, question.endMs);
    const names = [...listedNames(await index.catalogue(reader), question), ...ofSpans.map(({ name }) => name)];
    return listAnswer([...new Set(names)], question.limit);
  }
  if (match.length === 0 && label !== 'le') {
    return listAnswer(await storedValues(reader, label, question.startMs), question.limit);
  }
  const selectors = match.length === 0 ? ['{le!=""}'] : match;
  const values = new Set<string>();
  for (const labels of (await labelSets({ ...question, match: selectors }, reader, index, limits)).values()) {
    const value = labelValue(labels, label);
    if (value !== '') values.add(value);
  }
  return listAnswer([...values], question.limit);
}

function listedNames({ listed, families }: Catalogue, range: { readonly startMs: number }): readonly string[] {
  const lastSeen = new Map<string, number>();
  for (const { metric, lastSeenMs } of families) {
    lastSeen.set(metric, Math.max(lastSeen.get(metric) ?? 0, lastSeenMs));
  }
  return [...listed].flatMap(([name, exposures]) =>
    exposures.some(({ metric }) => metric === '' || isSeen(lastSeen.get(metric) ?? 0, range)) ? [name] : [],
  );
}

function listAnswer(list: readonly string[], limit: number): Answer {
  const sorted = list.toSorted(compareText);
  const shown = limit > 0 ? sorted.slice(0, limit) : sorted;
  return successAnswer(
    out => {
      out.add('[');
      shown.forEach((text, at) => out.add(`${at === 0 ? '' : ','}${JSON.stringify(text)}`));
      out.add(']');
    },
    { warnings: shown.length < sorted.length ? [limitedText] : [] },
  );
}

/** Label sets of selectors, each once. */
async function labelSets(
  { match, startMs, endMs }: { readonly match: readonly string[]; readonly startMs: number; readonly endMs: number },
  reader: Reader,
  index: SeriesIndex,
  { maxSeries }: QuestionLimits,
): Promise<ReadonlyMap<string, Labels>> {
  const selectors = match.map(text => parseSelector(text));
  const source = new StoreSource(reader, index, maxSeries);
  const sets = new Map<string, Labels>();
  const matching = new Matching();
  for (const matchers of selectors) {
    const picks = (await source.pick(matchers)).filter(({ series }) => isSeen(series.lastSeenMs, { startMs }));
    for (const { exposure, labels } of picks) {
      if (exposure.view !== 'bucket') sets.set(labelsKey(labels), labels);
    }
    const buckets = picks.filter(({ exposure }) => exposure.view === 'bucket');
    const metrics = askedSpanMetrics(matchers, matching);
    if (metrics.length > 0) {
      for (const labels of await spanMetricLabels(reader, matching, { metrics, matchers, startMs, endMs })) {
        sets.set(labelsKey(labels), labels);
      }
    }
    for (const labels of await withBounds(reader, buckets, matchers, startMs, endMs)) {
      sets.set(labelsKey(labels), labels);
    }
  }
  return sets;
}

const boundsRow = z.tuple([z.string(), z.array(z.number())]);

/** Classic buckets of histograms: one label set per bound that was in use in the range. */
async function withBounds(
  reader: Reader,
  picks: readonly Pick[],
  matchers: readonly Matcher[],
  startMs: number,
  endMs: number,
): Promise<readonly Labels[]> {
  if (picks.length === 0) return [];
  const time = timeWanted(startMs, endMs);
  const rows = compactRows(
    await reader.read({
      sql: `SELECT toString(id), groupUniqArrayArray(1000)(bounds)
FROM metric_histograms
WHERE workspace = {workspace:String} AND metric IN {metrics:Array(String)} AND id IN {ids:Array(UInt64)}
  AND ${time.sql}
GROUP BY id`,
      params: {
        metrics: [...new Set(picks.map(({ exposure }) => exposure.metric))],
        ids: `[${picks.map(({ series }) => series.id).join(',')}]`,
        ...time.params,
      },
    }),
  );
  const boundsOf = new Map(rows.map(row => boundsRow.parse(row)));
  const matching = new Matching();
  return picks.flatMap(({ series, labels }) => {
    const bounds = boundsOf.get(String(series.id));
    if (bounds === undefined) return [];
    return [...bounds, Infinity]
      .map(bound => withLabel(labels, 'le', plainNumber(bound)))
      .filter(one => matching.fits(matchers, one));
  });
}

interface StoredLabel {
  /** In Prometheus' form. */
  readonly name: string;
  readonly stored: string;
  readonly isOtlp: boolean;
}

const labelRow = z.tuple([z.string(), z.number()]);
const maxLabels = 100_000;

/** A row of a series that was written since a day began. */
const seenSince = "last_seen >= fromUnixTimestamp64Milli({dayMs:Int64}, 'UTC')";
const sinceDay = (startMs: number): number =>
  Math.floor(Math.min(Math.max(startMs, firstTimeMs), lastTimeMs) / dayMs) * dayMs;

async function storedLabels(reader: Reader, startMs: number): Promise<readonly StoredLabel[]> {
  const rows = compactRows(
    await reader.read({
      sql: `SELECT DISTINCT arrayJoin(mapKeys(attrs)) AS key, toUInt8(resource_id != 0)
FROM metric_series
WHERE workspace = {workspace:String} AND ${seenSince}
LIMIT ${maxLabels}`,
      params: { dayMs: sinceDay(startMs) },
    }),
  );
  return rows.map(row => {
    const [stored, otlp] = labelRow.parse(row);
    return { name: otlp === 1 ? prometheusLabel(stored) : stored, stored, isOtlp: otlp === 1 };
  });
}

/** Values of a label in all series, OpenTelemetry's attributes and resources among them. */
async function storedValues(reader: Reader, label: string, startMs: number): Promise<readonly string[]> {
  const known = await storedLabels(reader, startMs);
  const attributes = known
    .filter(({ name, stored, isOtlp }) => isOtlp && (name === label || stored === label))
    .map(({ stored }) => stored);
  const isTarget = label === 'job' || label === 'instance';
  const params = { dayMs: sinceDay(startMs), label, attributes };
  const value = z.tuple([z.string()]);
  const [own, scopes, targets] = await Promise.all([
    reader.read({
      sql: `SELECT DISTINCT value FROM (
  SELECT attrs[{label:String}] AS value FROM metric_series WHERE workspace = {workspace:String} AND ${seenSince} AND resource_id = 0
  UNION ALL
  SELECT attrs[arrayJoin({attributes:Array(String)})] AS value FROM metric_series WHERE workspace = {workspace:String} AND ${seenSince} AND resource_id != 0
)
WHERE value != ''
LIMIT ${maxLabels}`,
      params,
    }),
    label === 'otel_scope_name'
      ? reader.read({
          sql: `SELECT DISTINCT toString(scope_name) FROM metric_series WHERE workspace = {workspace:String} AND ${seenSince} AND scope_name != '' LIMIT ${maxLabels}`,
          params,
        })
      : undefined,
    isTarget
      ? reader.read({
          sql: `SELECT DISTINCT ${label === 'job' ? "if(attrs['service.namespace'] = '', attrs['service.name'], concat(attrs['service.namespace'], '/', attrs['service.name']))" : "attrs['service.instance.id']"} AS value
FROM resources
WHERE workspace = {workspace:String} AND value != '' AND id IN (SELECT DISTINCT resource_id FROM metric_series WHERE workspace = {workspace:String} AND ${seenSince})
LIMIT ${maxLabels}`,
          params,
        })
      : undefined,
  ]);
  const values = new Set<string>();
  for (const bytes of [own, scopes, targets]) {
    if (bytes !== undefined) for (const row of compactRows(bytes)) values.add(value.parse(row)[0]);
  }
  return [...values];
}
