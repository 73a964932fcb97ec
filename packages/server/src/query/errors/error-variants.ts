import type { ErrorAnswer } from '@bellwether/model';
import { stackParts } from '../../base/stack-frames.js';
import { type Asker, ask } from '../asker.js';
import { readEvents } from '../span.js';
import { rowsOfErrors } from './error-groups.js';
import { type OneError, errorRows, scopeParams } from './occurrences.js';

const maxVariants = 20;
const shownFrames = 8;

interface StoredVariant {
  readonly id: string;
  readonly count: string;
  readonly lastMs: string;
  readonly message: string;
  readonly stack: string;
  readonly events: string;
}

/** The different stacks of an error, with the id that each has when it is split off. They are told apart by all frames, those of libraries too. */
export async function errorVariants(asker: Asker, scope: OneError): Promise<ErrorAnswer['variants']> {
  const lines = await variantsIn(
    asker,
    scope,
    'logs',
    `count() AS count, argMax(if(attrs['exception.message'] != '', attrs['exception.message'], body), ts) AS message, argMax(attrs['exception.stacktrace'], ts) AS stack, '' AS events`,
  );
  const rows =
    lines.length > 0
      ? lines
      : await variantsIn(
          asker,
          scope,
          'spans',
          `uniqExact(trace_id) AS count, argMax(status_message, ts) AS message, argMax(attrs['exception.stacktrace'], ts) AS stack, argMax(events, ts) AS events`,
        );
  return rows.map(({ id, count, lastMs, message, stack, events }) => {
    const thrown = readEvents(events).find(({ name }) => name === 'exception')?.attributes ?? [];
    const of = (key: string): string | undefined => thrown.find(attribute => attribute.key === key)?.value;
    const frames = stackParts(of('exception.stacktrace') ?? stack)[0]?.frames ?? [];
    return {
      id: id.padStart(16, '0'),
      events: Number(count),
      lastMs: Number(lastMs),
      message: (of('exception.message') ?? message).slice(0, 300),
      frames: frames
        .slice(0, shownFrames)
        .map(({ called, place }) => (called === '' || place === '' ? called || place : `${called} (${place})`)),
    };
  });
}

function variantsIn(
  asker: Asker,
  scope: OneError,
  table: 'logs' | 'spans',
  facts: string,
): Promise<readonly StoredVariant[]> {
  return ask<StoredVariant>(asker, {
    sql: `SELECT lower(hex(bitXor(error_fingerprint, error_variant))) AS id, toUnixTimestamp64Milli(max(ts)) AS lastMs, ${facts}
FROM ${table} WHERE ${errorRows(scope)}
GROUP BY error_fingerprint, error_variant ORDER BY count DESC, id LIMIT {limit:UInt32}`,
    params: { ...scopeParams(scope), limit: maxVariants },
  });
}

/** The fingerprint of each of these variants of an error, by the variant's id; of all that is kept. */
export async function fingerprintsOfVariants(
  asker: Asker,
  { grouping, ids }: Pick<OneError, 'grouping' | 'ids'>,
  variants: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const found = rowsOfErrors(grouping, ids);
  const from = (table: 'logs' | 'spans'): string =>
    `SELECT bitXor(error_fingerprint, error_variant) AS variant, any(error_fingerprint) AS fingerprint FROM ${table}
WHERE workspace = {workspace:String} AND ${found.sql} AND bitXor(error_fingerprint, error_variant) IN {variants:Array(UInt64)} GROUP BY variant`;
  const rows = await ask<{ id: string; own: string }>(asker, {
    sql: `SELECT lower(hex(variant)) AS id, lower(hex(any(fingerprint))) AS own FROM (${from('logs')} UNION ALL ${from('spans')}) GROUP BY variant`,
    params: { ...found.params, variants: variants.map(id => BigInt(`0x${id}`)) },
  });
  return new Map(rows.map(({ id, own }) => [id.padStart(16, '0'), own.padStart(16, '0')]));
}
