import { type Expr, type Matcher, childrenOf, compareText, formatExpr, jsonNumber } from '@bellwether/promql';
import { z } from 'zod';
import { type AnswerText, bareAnswer, labelsJson, secondsText, successAnswer } from './answer-text.js';
import { astJson } from './ast-json.js';
import type { Family } from './catalogue.js';
import { parsed } from './evaluate-question.js';
import type { Answer, Question, QuestionLimits } from './question.js';
import { type Reader, compactRows } from './reader.js';
import type { SeriesIndex } from './series-index.js';
import { spanFamilies } from './span-metrics.js';
import { type Pick, StoreSource } from './store-source.js';

type Asked<Kind> = Extract<Question, { kind: Kind }>;

interface Metadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** Type, help and unit of metric families, by name. */
export async function metadataAnswer(
  { metric, limit, limitPerMetric }: Asked<'metadata'>,
  reader: Reader,
  index: SeriesIndex,
): Promise<Answer> {
  const byName = new Map<string, Metadata[]>();
  for (const { name, type, help, unit } of await familiesOf(reader, index)) {
    if (type === 'unknown') continue;
    const family = familyName(name, type);
    if (metric !== '' && metric !== family) continue;
    const there = byName.get(family);
    const one = { type, help, unit };
    if (there === undefined) byName.set(family, [one]);
    else if (!there.some(other => other.type === type && other.help === help && other.unit === unit)) there.push(one);
  }
  const names = [...byName.keys()].sort(compareText);
  const shown = limit > 0 ? names.slice(0, limit) : names;
  return successAnswer(out => {
    out.add('{');
    shown.forEach((name, at) => {
      const all = byName.get(name) ?? [];
      const some = limitPerMetric > 0 ? all.slice(0, limitPerMetric) : all;
      out.add(`${at === 0 ? '' : ','}${JSON.stringify(name)}:${JSON.stringify(some)}`);
    });
    out.add('}');
  });
}

const dayMs = 86_400_000;

/** What was sent, and what is made of the spans of the last day. */
async function familiesOf(reader: Reader, index: SeriesIndex): Promise<readonly Family[]> {
  const nowMs = Date.now();
  const [sent, ofSpans] = await Promise.all([index.catalogue(reader), spanFamilies(reader, nowMs - dayMs, nowMs)]);
  return ofSpans.length === 0 ? sent.families : [...sent.families, ...ofSpans];
}

/** The series of a classic histogram or summary belong to the family without their ending. */
function familyName(name: string, type: string): string {
  if (type === 'histogram' || type === 'gaugehistogram') return name.replace(/_(?:bucket|sum|count)$/, '');
  return type === 'summary' ? name.replace(/_(?:sum|count)$/, '') : name;
}

/** Metrics for the browser of the Metrics page: those whose name contains the text, in order of their names. */
export async function metricsAnswer(
  { search, limit }: Asked<'metrics'>,
  reader: Reader,
  index: SeriesIndex,
): Promise<Answer> {
  const wanted = search.toLowerCase();
  const families = await familiesOf(reader, index);
  const found = families.filter(
    ({ name, metric, help }) => wanted === '' || [name, metric, help].some(text => text.toLowerCase().includes(wanted)),
  );
  const sorted = found.toSorted((a, b) => compareText(a.name, b.name));
  return bareAnswer({ total: found.length, metrics: sorted.slice(0, limit).map(metricRow) });
}

function metricRow({ name, metric, origin, type, unit, help, series, lastSeenMs }: Family): object {
  return { name, metric, origin, type, unit, help, series, lastSeen: lastSeenMs };
}

const countRow = z.tuple([z.string(), z.coerce.number()]);
const totalsRow = z.tuple([z.coerce.number(), z.coerce.number(), z.coerce.number()]);

/** Which metrics and labels the series come from, in the form of Prometheus' `status/tsdb`. */
export async function cardinalityAnswer(
  { limit }: Asked<'cardinality'>,
  reader: Reader,
  index: SeriesIndex,
): Promise<Answer> {
  const shownNames = new Map((await index.catalogue(reader)).families.map(({ metric, name }) => [metric, name]));
  const rows = async (sql: string): Promise<readonly { readonly name: string; readonly value: number }[]> => {
    const bytes = await reader.read({ sql, params: { limit } });
    return compactRows(bytes).map(row => {
      const [name, value] = countRow.parse(row);
      return { name, value };
    });
  };
  const pairs = `(SELECT DISTINCT metric, id, pair.1 AS key, pair.2 AS value
  FROM metric_series ARRAY JOIN CAST(attrs, 'Array(Tuple(String, String))') AS pair WHERE workspace = {workspace:String})`;
  const [totals, byMetric, valuesByLabel, bytesByLabel, byPair] = await Promise.all([
    reader.read({
      sql: `SELECT uniqExact(metric, id), toUnixTimestamp64Milli(min(last_seen)), toUnixTimestamp64Milli(max(last_seen)) FROM metric_series WHERE workspace = {workspace:String}`,
      params: {},
    }),
    rows(
      'SELECT metric, uniqExact(id) AS series FROM metric_series WHERE workspace = {workspace:String} GROUP BY metric ORDER BY series DESC, metric LIMIT {limit:UInt32}',
    ),
    rows(
      `SELECT key, uniqExact(value) AS found FROM ${pairs} GROUP BY key ORDER BY found DESC, key LIMIT {limit:UInt32}`,
    ),
    rows(
      `SELECT key, sum(length(key) + length(value)) AS bytes FROM ${pairs} GROUP BY key ORDER BY bytes DESC, key LIMIT {limit:UInt32}`,
    ),
    rows(
      `SELECT concat(key, '=', value) AS pair, count() AS series FROM ${pairs} GROUP BY key, value ORDER BY series DESC, pair LIMIT {limit:UInt32}`,
    ),
  ]);
  const [numSeries, minTime, maxTime] = totalsRow.parse(compactRows(totals)[0] ?? [0, 0, 0]);
  return successAnswer(out =>
    out.add(
      JSON.stringify({
        headStats: {
          numSeries,
          numLabelPairs: byPair.length < limit ? byPair.length : -1,
          chunkCount: 0,
          minTime,
          maxTime,
        },
        seriesCountByMetricName: byMetric.map(({ name, value }) => ({ name: shownNames.get(name) ?? name, value })),
        labelValueCountByLabelName: valuesByLabel,
        memoryInBytesByLabelName: bytesByLabel,
        seriesCountByLabelValuePair: byPair,
      }),
    ),
  );
}

const exemplarRow = z.tuple([
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.string(),
  z.array(z.string()),
  z.array(z.string()),
]);
const maxExemplars = 10_000;

/** Their times are nanoseconds, which the engine counts from 1900 to 2262. */
const firstExemplarMs = -2_208_988_800_000;
const lastExemplarMs = 9_223_372_036_854;

/** A number as the engine writes it. */
const numberIn = (text: string): number => Number(text.replace('inf', 'Infinity'));

/** Exemplars of the series that an expression's selectors mean. */
export async function exemplarsAnswer(
  { query, startMs, endMs }: Asked<'exemplars'>,
  reader: Reader,
  index: SeriesIndex,
  limits: QuestionLimits,
): Promise<Answer> {
  const source = new StoreSource(reader, index, limits.maxSeries);
  const picks = new Map<bigint, Pick>();
  for (const matchers of selectorsIn(parsed(query, limits))) {
    for (const pick of await source.pick(matchers.filter(({ name }) => name !== 'le'))) {
      if (!picks.has(pick.series.id)) picks.set(pick.series.id, pick);
    }
  }
  if (picks.size === 0) return successAnswer(out => out.add('[]'));
  const rows = compactRows(
    await reader.read({
      sql: `SELECT toString(id), toString(toUnixTimestamp64Milli(ts)), toString(value), lower(hex(trace_id)), lower(hex(span_id)), mapKeys(attrs), mapValues(attrs)
FROM exemplars
WHERE workspace = {workspace:String} AND metric IN {metrics:Array(String)} AND id IN {ids:Array(UInt64)}
  AND ts >= fromUnixTimestamp64Milli({fromMs:Int64}, 'UTC') AND ts <= fromUnixTimestamp64Milli({toMs:Int64}, 'UTC')
ORDER BY id, ts
LIMIT ${maxExemplars}`,
      params: {
        metrics: [...new Set([...picks.values()].map(({ exposure }) => exposure.metric))],
        ids: `[${[...picks.keys()].join(',')}]`,
        fromMs: Math.ceil(Math.max(startMs, firstExemplarMs)),
        toMs: Math.floor(Math.min(endMs, lastExemplarMs)),
      },
    }),
  );
  const bySeries = new Map<string, string[]>();
  for (const row of rows) {
    const [id, timeMs, value, traceId, spanId, keys, values] = exemplarRow.parse(row);
    const labels: string[] = [];
    if (/[^0]/.test(traceId)) labels.push('trace_id', traceId);
    if (/[^0]/.test(spanId)) labels.push('span_id', spanId);
    keys.forEach((key, at) => labels.push(key, values[at] ?? ''));
    const text = `{"labels":${labelsJson(labels)},"value":"${jsonNumber(numberIn(value))}","timestamp":${secondsText(Number(timeMs))}}`;
    const there = bySeries.get(id);
    if (there === undefined) bySeries.set(id, [text]);
    else there.push(text);
  }
  return successAnswer(
    (out: AnswerText) => {
      out.add('[');
      let isFirst = true;
      for (const [id, exemplars] of bySeries) {
        const pick = picks.get(BigInt(id));
        if (pick === undefined) continue;
        out.add(
          `${isFirst ? '' : ','}{"seriesLabels":${labelsJson(pick.labels)},"exemplars":[${exemplars.join(',')}]}`,
        );
        isFirst = false;
      }
      out.add(']');
    },
    { warnings: rows.length === maxExemplars ? [`only the first ${maxExemplars} exemplars are shown`] : [] },
  );
}

function selectorsIn(expr: Expr): readonly (readonly Matcher[])[] {
  const found: (readonly Matcher[])[] = [];
  const open: Expr[] = [expr];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.kind === 'vectorSelector') found.push(next.matchers);
    open.push(...childrenOf(next));
  }
  return found;
}

/** The query as the editor would write it. */
export function formatAnswer({ query }: Asked<'format'>, limits: QuestionLimits): Answer {
  const text = formatExpr(parsed(query, limits));
  return successAnswer(out => out.add(JSON.stringify(text)));
}

/** The query as a tree, in the form of Prometheus' `parse_query`. */
export function parseAnswer({ query }: Asked<'parse'>, limits: QuestionLimits): Answer {
  const tree = astJson(parsed(query, limits));
  return successAnswer(out => out.add(JSON.stringify(tree)));
}
