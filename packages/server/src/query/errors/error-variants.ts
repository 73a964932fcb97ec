import type { ErrorAnswer } from '@bellwether/model';
import { stackParts } from '../../base/stack-frames.js';
import { type Asker, ask } from '../asker.js';
import { readEvents } from '../span.js';
import { rowsOfErrors } from './error-groups.js';
import { type ErrorTable, type OneError, errorRows, scopeParams } from './occurrences.js';

const maxVariants = 20;
const shownFrames = 8;

interface CountedVariant {
  readonly id: string;
  readonly count: number;
  /** Of its newest row, nanoseconds since 1970. */
  readonly last: string;
}

interface VariantSample {
  readonly id: string;
  readonly message: string;
  readonly stack: string;
  readonly events: string;
}

const variantId = 'lower(hex(bitXor(error_fingerprint, error_variant)))';

/** The different stacks of an error, with the id that each has when it is split off. They are told apart by all frames, those of libraries too. */
export async function errorVariants(asker: Asker, scope: OneError): Promise<ErrorAnswer['variants']> {
  const lines = await countVariants(asker, scope, 'error_lines');
  const table = lines.length > 0 ? 'error_lines' : 'error_spans';
  const counted = lines.length > 0 ? lines : await countVariants(asker, scope, 'error_spans');
  const samples = await sampleVariants(asker, scope, table, counted);
  return counted.map(({ id, count, last }) => {
    const { message = '', stack = '', events = '' } = samples.get(id) ?? {};
    const thrown = readEvents(events).find(({ name }) => name === 'exception')?.attributes ?? [];
    const of = (key: string): string | undefined => thrown.find(attribute => attribute.key === key)?.value;
    const frames = stackParts(of('exception.stacktrace') ?? stack)[0]?.frames ?? [];
    return {
      id: id.padStart(16, '0'),
      events: count,
      lastMs: Number(BigInt(last) / 1_000_000n),
      message: (of('exception.message') ?? message).slice(0, 300),
      frames: frames
        .slice(0, shownFrames)
        .map(({ called, place }) => (called === '' || place === '' ? called || place : `${called} (${place})`)),
    };
  });
}

/** Lines count each, spans once per trace, for as many as it stands for. */
function countVariants(asker: Asker, scope: OneError, table: ErrorTable): Promise<readonly CountedVariant[]> {
  const counted =
    table === 'error_lines'
      ? `SELECT error_fingerprint, error_variant, toFloat64(count()) AS n, max(ts) AS lastAt FROM error_lines WHERE ${errorRows(scope)} GROUP BY error_fingerprint, error_variant`
      : `SELECT error_fingerprint, error_variant, trace_id, toFloat64(max(weight)) AS n, max(ts) AS lastAt FROM error_spans WHERE ${errorRows(scope)} GROUP BY error_fingerprint, error_variant, trace_id`;
  return ask<CountedVariant>(asker, {
    sql: `SELECT ${variantId} AS id, round(sum(n)) AS count, toUnixTimestamp64Nano(max(lastAt)) AS last
FROM (${counted})
GROUP BY error_fingerprint, error_variant ORDER BY count DESC, id LIMIT {limit:UInt32}`,
    params: { ...scopeParams(scope), limit: maxVariants },
  });
}

/** What the newest row of each says: stacks are read of those alone. */
async function sampleVariants(
  asker: Asker,
  scope: OneError,
  table: ErrorTable,
  counted: readonly CountedVariant[],
): Promise<ReadonlyMap<string, VariantSample>> {
  if (counted.length === 0) return new Map();
  const says =
    table === 'error_lines'
      ? "if(attrs['exception.message'] != '', attrs['exception.message'], body) AS message, '' AS events"
      : 'status_message AS message, events';
  const rows = await ask<VariantSample>(asker, {
    sql: `SELECT ${variantId} AS id, attrs['exception.stacktrace'] AS stack, ${says}
FROM ${table} WHERE ${errorRows(scope)} AND toUnixTimestamp64Nano(ts) IN {times:Array(Int64)}
ORDER BY ts DESC LIMIT 1 BY id`,
    params: { ...scopeParams(scope), times: counted.map(({ last }) => BigInt(last)) },
  });
  return new Map(rows.map(row => [row.id, row]));
}

/** The fingerprint of each of these variants of an error, by the variant's id; of all that is kept. */
export async function fingerprintsOfVariants(
  asker: Asker,
  { grouping, ids }: Pick<OneError, 'grouping' | 'ids'>,
  variants: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = rowsOfErrors(grouping, ids);
  const from = (table: ErrorTable): string =>
    `SELECT bitXor(error_fingerprint, error_variant) AS variant, any(error_fingerprint) AS fingerprint FROM ${table}
WHERE workspace = {workspace:String} AND ${found.sql} AND bitXor(error_fingerprint, error_variant) IN {variants:Array(UInt64)} GROUP BY variant`;
  const rows = await ask<{ id: string; own: string }>(asker, {
    sql: `SELECT lower(hex(variant)) AS id, lower(hex(any(fingerprint))) AS own FROM (${from('error_lines')} UNION ALL ${from('error_spans')}) GROUP BY variant`,
    params: { ...found.params, variants: variants.map(id => BigInt(`0x${id}`)) },
  });
  return new Map(rows.map(({ id, own }) => [id.padStart(16, '0'), own.padStart(16, '0')]));
}
