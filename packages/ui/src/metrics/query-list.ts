import type { SearchParams } from '../search-params.js';

/** One query of the page as its URL holds it. */
export type MetricQuery = {
  /** `A`, `B`, ...: the place in the list. */
  readonly letter: string;
  readonly expr: string;
  readonly isOn: boolean;
  /** `{{label}}` stands for its value; '' names series by what differs. */
  readonly legend: string;
  /** A key of `units`; '' is the unit of the metric. */
  readonly unit: string;
  /** How the query is edited: its text, or fields beside it. */
  readonly editor: 'code' | 'builder';
  /** What it fetches and takes is told below it. */
  readonly explains: boolean;
};

const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';
/** Each query is a request at every refresh. */
export const mostQueries = 12;

/**
 * `?q=up&q=rate(x[5m])&off=B&legend=A:{{job}}&unit=B:bytes&builder=A`: the texts in order, and what differs from
 * the default by letter. Texts are repeated params, so that a link to one query is simply `?q=...`.
 */
export function readQueries(params: SearchParams): readonly MetricQuery[] {
  const off = new Set(values(params, 'off'));
  const builder = new Set(values(params, 'builder'));
  const explain = new Set(values(params, 'explain'));
  const legends = byLetter(values(params, 'legend'));
  const units = byLetter(values(params, 'unit'));
  return values(params, 'q')
    .filter(expr => expr.trim() !== '')
    .slice(0, mostQueries)
    .map((expr, index): MetricQuery => {
      const letter = letterAt(index);
      return {
        letter,
        expr,
        isOn: !off.has(letter),
        legend: legends.get(letter) ?? '',
        unit: units.get(letter) ?? '',
        editor: builder.has(letter) ? 'builder' : 'code',
        explains: explain.has(letter),
      };
    });
}

/** The params of the list. Letters follow the order, so what is removed in the middle moves the others up. */
export function writeQueries(queries: readonly MetricQuery[]): SearchParams {
  const kept = queries.filter(({ expr }) => expr.trim() !== '').slice(0, mostQueries);
  const where = (test: (query: MetricQuery) => boolean): readonly string[] | undefined =>
    some(kept.flatMap((query, index) => (test(query) ? [letterAt(index)] : [])));
  const keyed = (key: 'legend' | 'unit'): readonly string[] | undefined =>
    some(kept.flatMap((query, index) => (query[key] === '' ? [] : [`${letterAt(index)}:${query[key]}`])));
  return {
    q: some(kept.map(({ expr }) => expr)),
    off: where(({ isOn }) => !isOn),
    builder: where(({ editor }) => editor === 'builder'),
    explain: where(({ explains }) => explains),
    legend: keyed('legend'),
    unit: keyed('unit'),
  };
}

/** A query that has nothing yet. */
export function blankQuery(index: number): MetricQuery {
  return { letter: letterAt(index), expr: '', isOn: true, legend: '', unit: '', editor: 'code', explains: false };
}

function some(list: readonly string[]): readonly string[] | undefined {
  return list.length === 0 ? undefined : list;
}

function letterAt(index: number): string {
  return letters[index] ?? '?';
}

function values(params: SearchParams, key: string): readonly string[] {
  const value = Object.hasOwn(params, key) ? params[key] : undefined;
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function byLetter(entries: readonly string[]): ReadonlyMap<string, string> {
  return new Map(entries.filter(entry => entry[1] === ':').map(entry => [entry.slice(0, 1), entry.slice(2)]));
}
