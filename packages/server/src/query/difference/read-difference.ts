import { type DifferenceAnswer, type SearchNode, type SearchSignal, builtinField } from '@bellwether/model';
import { type Asker, type Statement, ask } from '../asker.js';
import { searchFilter } from '../compile-search.js';
import { type TimeWindow, inWindow, windowParams } from '../time-window.js';
import { quantileLevels } from './number-gap.js';
import {
  type ComparedSide,
  type CountedKey,
  type CountedValue,
  longestValue,
  rankDifferences,
} from './rank-differences.js';
import { type RowSketch, sketchSize, unionOf } from './row-sketch.js';

export interface DifferenceQuestion extends TimeWindow {
  readonly signal: SearchSignal;
  readonly env: string | undefined;
  /** What is looked at. */
  readonly search: SearchNode;
  /** Which of it is selected; `everything` when the time or the error alone says. */
  readonly selected: SearchNode;
  readonly selectedWindow: TimeWindow | undefined;
  /** An earlier time to compare with; without, the selected are compared with the rest. */
  readonly before: TimeWindow | undefined;
  /** The id of an error, 16 hex digits. */
  readonly error: string | undefined;
}

/** So many rows of each side are looked at. */
const mostLooked = 20_000;
/** Beyond so many rows not every granule is read. */
const mostScanned = 1_000_000;
const rowsPerGranule = 2048;
const leastRows = 5;
const mostKeys = 300;
const mostValuesOfKey = 12;
const mostResources = 1000;
const hashRange = 1_000_000;

/** What sets the selected spans or lines apart from the others: first how many there are, then what a sample of both sides says. */
export async function readDifference(asker: Asker, question: DifferenceQuestion): Promise<DifferenceAnswer> {
  const { signal } = question;
  const source = await comparedRows(asker, question);
  const [counts] = await ask<SideCounts>(asker, {
    sql: `SELECT countIf(side) AS selectedRows, countIf(NOT side) AS referenceRows,
  round(sumIf(weight, side)) AS selectedCount, round(sumIf(weight, NOT side)) AS referenceCount
FROM (SELECT ${source.side} AS side, ${weightOf(signal)} AS weight FROM ${signal} WHERE ${source.condition})`,
    params: source.params,
  });
  const selectedRows = Number(counts?.selectedRows ?? 0);
  const referenceRows = Number(counts?.referenceRows ?? 0);
  const selected = { count: counts?.selectedCount ?? 0, looked: 0 };
  const reference = { count: counts?.referenceCount ?? 0, looked: 0 };
  if (selectedRows === 0 || referenceRows === 0)
    return { selected, reference, sampled: false, compared: 0, differences: [] };

  const sample = sampleOf(selectedRows, referenceRows);
  const [rows, resources] = await Promise.all([
    ask<KeyRow>(asker, keysOf(signal, source, sample, { selected: selected.count, reference: reference.count })),
    ask<ResourceRow>(asker, {
      sql: `SELECT toString(id) AS resource, CAST(any(attrs), 'Array(Tuple(String, String))') AS pairs
FROM resources
WHERE workspace = {workspace:String}
GROUP BY id
ORDER BY max(last_seen) DESC
LIMIT 5000`,
      params: {},
    }),
  ]);
  const total = rows.find(row => row.name === totalName);
  if (total === undefined) return { selected, reference, sampled: true, compared: 0, differences: [] };
  const excluded = excludedKeys(question);
  const keys = countedKeys(rows, resources, signal).filter(key => !isExcluded(key, excluded));
  const ranked = rankDifferences(
    keys,
    { selected: sideOf(total, 0, sample), reference: sideOf(total, 1, sample) },
    signal,
  );
  return {
    selected: { ...selected, looked: total.selectedRows },
    reference: { ...reference, looked: total.referenceRows },
    sampled: sample.isPart,
    ...ranked,
  };
}

interface SideCounts {
  readonly selectedRows: string;
  readonly referenceRows: string;
  readonly selectedCount: number;
  readonly referenceCount: number;
}

interface ComparedRows {
  /** Which rows are compared. */
  readonly condition: string;
  /** Which of them are selected. */
  readonly side: string;
  readonly params: Statement['params'];
}

async function comparedRows(asker: Asker, question: DifferenceQuestion): Promise<ComparedRows> {
  const { signal, env, selectedWindow, before, error } = question;
  const [all, chosen] = await Promise.all([
    searchFilter(asker, question.search, signal),
    searchFilter(asker, question.selected, signal, 'chosen'),
  ]);
  const picked = [
    ...(question.selected.kind === 'everything' ? [] : [chosen.condition]),
    ...(error === undefined ? [] : [errorCondition]),
  ];
  const inSelectedTime = selectedWindow === undefined ? [] : [inWindow('ts', 'selectedFromMs', 'selectedToMs')];
  const where = [
    'workspace = {workspace:String}',
    ...(env === undefined ? [] : ['environment = {env:String}']),
    all.condition,
  ];
  const params = {
    ...all.params,
    ...chosen.params,
    ...windowParams(question),
    ...(env !== undefined && { env }),
    ...(error !== undefined && { error: BigInt(`0x${error}`).toString() }),
    ...(selectedWindow !== undefined && named('selected', selectedWindow)),
    ...(before !== undefined && named('before', before)),
  };
  if (before === undefined) {
    return { condition: both([...where, inWindow()]), side: `(${both([...inSelectedTime, ...picked])})`, params };
  }
  const now = selectedWindow === undefined ? inWindow() : both(inSelectedTime);
  const then = inWindow('ts', 'beforeFromMs', 'beforeToMs');
  return { condition: both([...where, ...picked, `((${now}) OR (${then}))`]), side: `(${now})`, params };
}

function both(conditions: readonly string[]): string {
  return conditions.length === 0 ? 'true' : conditions.join(' AND ');
}

function named(name: 'selected' | 'before', window: TimeWindow): Readonly<Record<string, number>> {
  const { fromMs, toMs } = windowParams(window);
  return { [`${name}FromMs`]: fromMs, [`${name}ToMs`]: toMs };
}

const noTrace = "toFixedString('', 16)";

/** Rows that tell of the error, and those of the same traces. */
const errorCondition = `(error_fingerprint = {error:UInt64} OR (trace_id != ${noTrace} AND trace_id IN (
  SELECT trace_id FROM spans WHERE workspace = {workspace:String} AND ${inWindow()} AND error_fingerprint = {error:UInt64}
  UNION ALL
  SELECT trace_id FROM logs WHERE workspace = {workspace:String} AND ${inWindow()} AND error_fingerprint = {error:UInt64}
)))`;

const weightOf = (signal: SearchSignal): string => (signal === 'spans' ? 'weight' : 'toFloat32(1)');

/** Which rows are looked at: of every `granules`-th granule, those whose trace has a small enough hash. */
interface Sample {
  readonly granules: number;
  /** Of `hashRange`. */
  readonly selectedBelow: number;
  readonly referenceBelow: number;
  readonly isPart: boolean;
}

function sampleOf(selectedRows: number, referenceRows: number): Sample {
  const granules = Math.ceil((selectedRows + referenceRows) / mostScanned);
  const below = (rows: number): number => Math.ceil(Math.min(1, mostLooked / (rows / granules)) * hashRange);
  const selectedBelow = below(selectedRows);
  const referenceBelow = below(referenceRows);
  const isPart = granules > 1 || selectedBelow < hashRange || referenceBelow < hashRange;
  return { granules, selectedBelow, referenceBelow, isPart };
}

/** Names of what is counted: `b:` a field that every row has, `n:` and `a:` attributes that are numbers and that are not, `r` a resource. */
const totalName = '';
const resourceName = 'r';

/** Columns that are compared, by the field of the search language. */
const builtinColumns: Readonly<Record<SearchSignal, Readonly<Record<string, string>>>> = {
  spans: {
    service: 'service',
    version: 'version',
    env: 'environment',
    tenant: 'tenant_id',
    name: 'name',
    kind: "arrayElement(['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'], least(kind, 5) + 1)",
    status: "arrayElement(['unset', 'ok', 'error'], least(status_code, 2) + 1)",
    'error.type': 'error_type',
    'http.status': 'http_status',
  },
  logs: {
    service: 'service',
    version: 'version',
    env: 'environment',
    tenant: 'tenant_id',
    event: 'event_name',
    level:
      "arrayElement(['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal'], least(intDiv(severity_number + 3, 4), 6) + 1)",
  },
};

interface KeyRow {
  readonly name: string;
  readonly differentValues: string;
  readonly comparedValues: string;
  readonly selectedRows: number;
  readonly referenceRows: number;
  readonly selectedWeight: number;
  readonly referenceWeight: number;
  readonly selectedSquares: number;
  readonly referenceSquares: number;
  readonly selectedTraces: number;
  readonly referenceTraces: number;
  readonly selectedGranules: number;
  readonly referenceGranules: number;
  readonly leastHashes: readonly number[];
  readonly selectedQuantiles: readonly (number | null)[];
  readonly referenceQuantiles: readonly (number | null)[];
  readonly most: readonly (readonly [
    value: string,
    selectedRows: number,
    referenceRows: number,
    selectedWeight: number,
    referenceWeight: number,
    leastHashes: readonly number[],
  ])[];
}

/** All that is needed of the sampled rows, in one pass: a row per key with its totals, its most telling values and, for numbers, how they are distributed. */
function keysOf(
  signal: SearchSignal,
  { condition, side, params }: ComparedRows,
  sample: Sample,
  counts: { readonly selected: number; readonly reference: number },
): Statement {
  const traceHash = `if(trace_id = ${noTrace}, ${signal === 'spans' ? 'sipHash64(span_id)' : 'sipHash64(id)'}, sipHash64(trace_id))`;
  const rowHash = signal === 'spans' ? 'sipHash64(span_id, ts)' : 'sipHash64(id, ts)';
  const fields = Object.entries(builtinColumns[signal]).map(([key, column]) => `('b:${key}', toString(${column}))`);
  // A twelfth of a factor of two is fine enough for durations, and makes few different ones.
  const duration =
    signal === 'spans' ? ["('n:duration', toString(exp2(round(log2(duration_ns + 1) * 12) / 12) / 1000000))"] : [];
  const levels = quantileLevels.join(', ');
  return {
    sql: `SELECT name, count() AS differentValues, countIf(sRows + rRows >= ${leastRows}) AS comparedValues,
  toUInt32(sum(sRows)) AS selectedRows, toUInt32(sum(rRows)) AS referenceRows, sum(sWeight) AS selectedWeight, sum(rWeight) AS referenceWeight,
  sum(sSquares) AS selectedSquares, sum(rSquares) AS referenceSquares, toUInt32(sum(sTraces)) AS selectedTraces, toUInt32(sum(rTraces)) AS referenceTraces,
  toUInt32(sum(sGranules)) AS selectedGranules, toUInt32(sum(rGranules)) AS referenceGranules,
  groupArraySortedArray(${sketchSize})(hashes) AS leastHashes,
  quantilesExactWeightedIf(${levels})(number, toUInt64(round(sWeight)), isNumber AND sRows > 0) AS selectedQuantiles,
  quantilesExactWeightedIf(${levels})(number, toUInt64(round(rWeight)), isNumber AND rRows > 0) AS referenceQuantiles,
  arraySlice(arrayReverseSort(one -> abs(one.4 / {selectedCount:Float64} - one.5 / {referenceCount:Float64}),
    groupArrayIf((value, toUInt32(sRows), toUInt32(rRows), sWeight, rWeight, hashes), sRows + rRows >= ${leastRows})),
    1, if(name = '${resourceName}', ${mostResources}, ${mostValuesOfKey})) AS most
FROM (
  SELECT pair.1 AS name, pair.2 AS value, countIf(side) AS sRows, countIf(NOT side) AS rRows, sumIf(rowWeight, side) AS sWeight, sumIf(rowWeight, NOT side) AS rWeight,
    sumIf(rowWeight * rowWeight, side) AS sSquares, sumIf(rowWeight * rowWeight, NOT side) AS rSquares,
    uniqIf(trace, side AND pair.1 = '') AS sTraces, uniqIf(trace, NOT side AND pair.1 = '') AS rTraces,
    uniqIf(granule, side AND pair.1 = '') AS sGranules, uniqIf(granule, NOT side AND pair.1 = '') AS rGranules,
    groupArraySorted(${sketchSize})(place) AS hashes,
    startsWith(name, 'n:') AS isNumber, toFloat64OrZero(value) AS number
  FROM (
    SELECT side, rowWeight, trace, place, granule,
      arrayJoin(arrayConcat([('${totalName}', ''), ('${resourceName}', toString(resource_id))], arrayFilter(field -> field.2 != '', [${[...fields, ...duration].join(', ')}]),
        arrayMap((attribute, i) -> (concat(if(substring(types, i, 1) IN ('i', 'd'), 'n:', 'a:'), attribute.1), substringUTF8(attribute.2, 1, ${longestValue})), pairs, arrayEnumerate(pairs)))) AS pair
    FROM (
      SELECT ${side} AS side, toFloat64(${weightOf(signal)}) AS rowWeight, ${traceHash} AS trace, toUInt32(${rowHash}) AS place, ${sample.granules === 1 ? '0' : `sipHash64(_part, intDiv(_part_offset, ${rowsPerGranule}))`} AS granule, resource_id, toString(attr_types) AS types,
        CAST(attrs, 'Array(Tuple(String, String))') AS pairs, ${columnsOf(signal)}
      FROM ${signal}
      ${sample.granules === 1 ? '' : `PREWHERE intDiv(_part_offset, ${rowsPerGranule}) % {granules:UInt32} = 0\n      `}WHERE ${condition} AND trace % ${hashRange} < if(side, {selectedBelow:UInt32}, {referenceBelow:UInt32})
    )
  )
  GROUP BY name, value
)
GROUP BY name
ORDER BY name = '${totalName}' DESC, selectedRows + referenceRows DESC
LIMIT ${mostKeys}`,
    params: {
      ...params,
      granules: sample.granules,
      selectedBelow: sample.selectedBelow,
      referenceBelow: sample.referenceBelow,
      selectedCount: String(Math.max(counts.selected, 1)),
      referenceCount: String(Math.max(counts.reference, 1)),
    },
  };
}

function columnsOf(signal: SearchSignal): string {
  const own = ['service', 'version', 'environment', 'tenant_id'];
  return (
    signal === 'spans'
      ? [...own, 'name', 'kind', 'status_code', 'error_type', 'http_status', 'duration_ns']
      : [...own, 'event_name', 'severity_number']
  ).join(', ');
}

interface ResourceRow {
  readonly resource: string;
  readonly pairs: readonly (readonly [string, string])[];
}

/**
 * Rows of one trace are one observation, and rows that stand for many tell no more than their number.
 * Where only some granules are read, each of them is one: its rows lie together because they are alike.
 */
function sideOf(total: KeyRow, at: 0 | 1, sample: Sample): ComparedSide {
  const weight = at === 0 ? total.selectedWeight : total.referenceWeight;
  const squares = at === 0 ? total.selectedSquares : total.referenceSquares;
  const traces = at === 0 ? total.selectedTraces : total.referenceTraces;
  const granules = at === 0 ? total.selectedGranules : total.referenceGranules;
  const most = sample.granules === 1 ? traces : Math.min(traces, granules);
  return { weight, observations: squares === 0 ? 0 : Math.min((weight * weight) / squares, most) };
}

function countedKeys(
  rows: readonly KeyRow[],
  resources: readonly ResourceRow[],
  signal: SearchSignal,
): readonly CountedKey[] {
  const own = rows.flatMap((row): CountedKey[] => {
    const key = row.name.slice(2);
    if (row.name.startsWith('b:') || row.name === 'n:duration') return [ownKey(row, { source: 'builtin', key })];
    // What an attribute of a built-in field's name says, the field says.
    if (row.name === totalName || row.name === resourceName || builtinField(signal, key) !== undefined) return [];
    return [ownKey(row, { source: 'attribute', key })];
  });
  const ofResources = rows.find(row => row.name === resourceName);
  return ofResources === undefined ? own : [...own, ...resourceKeys(ofResources, resources, signal, own)];
}

function ownKey(row: KeyRow, field: CountedKey['field']): CountedKey {
  return {
    field,
    isOfResource: false,
    differentValues: Number(row.differentValues),
    comparedValues: Number(row.comparedValues),
    selectedRows: row.selectedRows,
    referenceRows: row.referenceRows,
    selectedWeight: row.selectedWeight,
    referenceWeight: row.referenceWeight,
    sketch: row.leastHashes,
    values: row.most.map(valueOf),
    numbers: numbersOf(row, field.key),
  };
}

function valueOf([
  value,
  selectedRows,
  referenceRows,
  selectedWeight,
  referenceWeight,
  sketch,
]: KeyRow['most'][number]): CountedValue {
  return { value, selectedRows, referenceRows, selectedWeight, referenceWeight, sketch };
}

/** Numbers that only name something: that one is greater says nothing. */
const namingNumber =
  /(?:^|[._-])(?:id|pid|port|line|lineno|column|timestamp|time|seq|sequence|offset|version)$|(?:Id|ID|Port|Pid)$/;

function numbersOf(row: KeyRow, key: string): CountedKey['numbers'] {
  if (
    !row.name.startsWith('n:') ||
    namingNumber.test(key) ||
    row.selectedRows < leastRows ||
    row.referenceRows < leastRows
  )
    return undefined;
  return {
    selected: { quantiles: row.selectedQuantiles.map(value => value ?? 0), of: row.selectedRows },
    reference: { quantiles: row.referenceQuantiles.map(value => value ?? 0), of: row.referenceRows },
  };
}

/** What resources say is counted by resource, and told here by key. */
function resourceKeys(
  row: KeyRow,
  resources: readonly ResourceRow[],
  signal: SearchSignal,
  own: readonly CountedKey[],
): readonly CountedKey[] {
  const pairsOf = new Map(resources.map(({ resource, pairs }) => [resource, pairs]));
  const taken = new Set(own.map(({ field }) => field.key));
  const keys = new Map<string, Map<string, CountedValue[]>>();
  for (const counted of row.most.map(valueOf)) {
    for (const [key, text] of pairsOf.get(counted.value) ?? []) {
      if (builtinField(signal, key) !== undefined || taken.has(key)) continue;
      const values = keys.get(key) ?? new Map<string, CountedValue[]>();
      const value = text.slice(0, longestValue);
      values.set(value, [...(values.get(value) ?? []), counted]);
      keys.set(key, values);
    }
  }
  return [...keys].slice(0, mostKeys).map(([key, byValue]): CountedKey => {
    const values = [...byValue].map(([value, parts]) => ({ ...sumOf(parts), value }));
    return {
      ...sumOf(values),
      field: { source: 'attribute', key },
      isOfResource: true,
      differentValues: values.length,
      comparedValues: values.length,
      values,
      numbers: undefined,
    };
  });
}

function sumOf(parts: readonly Omit<CountedValue, 'value'>[]): Omit<CountedValue, 'value'> {
  const sum = (of: (part: Omit<CountedValue, 'value'>) => number): number =>
    parts.reduce((total, part) => total + of(part), 0);
  return {
    selectedRows: sum(part => part.selectedRows),
    referenceRows: sum(part => part.referenceRows),
    selectedWeight: sum(part => part.selectedWeight),
    referenceWeight: sum(part => part.referenceWeight),
    sketch: unionOf(parts.map((part): RowSketch => part.sketch)),
  };
}

/** What the selection itself is made of explains nothing. */
function excludedKeys({ selected, error }: DifferenceQuestion): ReadonlySet<string> {
  const keys = new Set<string>(error === undefined ? [] : ['status', 'error.type', 'level']);
  const walk = (node: SearchNode): void => {
    switch (node.kind) {
      case 'and':
      case 'or':
        for (const inner of node.nodes) walk(inner);
        break;
      case 'not':
        walk(node.node);
        break;
      case 'has':
      case 'match':
      case 'compare':
        keys.add(node.field.key);
        break;
      case 'everything':
      case 'text':
        break;
    }
  };
  walk(selected);
  return keys;
}

/** Texts of errors are long and stand on their own page. */
const errorText = /^(?:exception\.|sentry\.)/;

function isExcluded({ field }: CountedKey, excluded: ReadonlySet<string>): boolean {
  return excluded.has(field.key) || errorText.test(field.key);
}
