import { bucketRun, emptyHistogram, type CounterResetHint, type FloatHistogram } from '../histogram/float-histogram.js';
import { readNumber } from './sequence-number.js';

const hints: ReadonlyMap<string, CounterResetHint> = new Map([
  ['unknown', 'unknown'],
  ['reset', 'reset'],
  ['not_reset', 'notReset'],
  ['gauge', 'gauge'],
]);

const keys: ReadonlySet<string> = new Set([
  'schema',
  'sum',
  'count',
  'z_bucket',
  'z_bucket_w',
  'custom_values',
  'buckets',
  'offset',
  'n_buckets',
  'n_offset',
  'counter_reset_hint',
]);

const item = /\s*([a-z_]+):(\[[^\]]*\]|[^\s[\]]+)(?=\s|$)/y;

/**
 * Reads what stands between `{{` and `}}`: `schema:1 sum:3 count:22 offset:-1 buckets:[5 10 7] z_bucket:2 z_bucket_w:0.001`,
 * `n_buckets` and `n_offset` for the negative side, `custom_values:[…]` with schema -53, `counter_reset_hint:gauge`.
 *
 * Throws an `Error` that says what is wrong.
 */
export function readHistogram(text: string): { readonly histogram: FloatHistogram; readonly hintGiven: boolean } {
  const given = new Map<string, string>();
  const body = text.trim();
  item.lastIndex = 0;
  let end = 0;
  while (end < body.length) {
    const found = item.exec(body);
    if (found === null) throw new Error(`bad histogram description at "${body.slice(end, end + 40)}"`);
    const [, key = '', value = ''] = found;
    if (!keys.has(key)) throw new Error(`bad histogram descriptor found: "${key}"`);
    if (given.has(key)) throw new Error(`duplicate key "${key}" in histogram`);
    given.set(key, value);
    end = item.lastIndex;
  }
  const number = (key: string): number => readNumber(given.get(key) ?? '0', true);
  const hint = given.get('counter_reset_hint');
  const counterResetHint = hint === undefined ? 'unknown' : hints.get(hint);
  if (counterResetHint === undefined) throw new Error(`unknown counter_reset_hint "${hint ?? ''}"`);
  const histogram: FloatHistogram = {
    ...emptyHistogram,
    counterResetHint,
    schema: readInteger(given.get('schema') ?? '0'),
    sum: number('sum'),
    count: number('count'),
    zeroCount: number('z_bucket'),
    zeroThreshold: number('z_bucket_w'),
    customValues: readSet(given.get('custom_values') ?? '[]'),
    positive: bucketRun(readInteger(given.get('offset') ?? '0'), readSet(given.get('buckets') ?? '[]')),
    negative: bucketRun(readInteger(given.get('n_offset') ?? '0'), readSet(given.get('n_buckets') ?? '[]')),
  };
  return { histogram, hintGiven: hint !== undefined };
}

function readInteger(text: string): number {
  if (!/^-?[0-9]{1,9}$/.test(text)) throw new Error(`"${text.slice(0, 40)}" is not a whole number`);
  return Number(text);
}

function readSet(text: string): Float64Array {
  if (!text.startsWith('[')) throw new Error(`expected numbers in brackets, not "${text.slice(0, 40)}"`);
  const parts = text.slice(1, -1).trim();
  return parts === '' ? new Float64Array(0) : Float64Array.from(parts.split(/\s+/), part => readNumber(part, true));
}
