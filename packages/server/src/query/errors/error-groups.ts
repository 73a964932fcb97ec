import type { ErrorGrouping } from '../../control/error-grouping.js';

/** SQL, with its parameters. */
export interface GroupSql {
  readonly sql: string;
  readonly params: Readonly<Record<string, readonly bigint[]>>;
}

const decimal = (id: string): bigint => BigInt(`0x${id}`);

/** The id of an error, from the number that the store has. */
export function errorIdOf(fingerprint: string): string {
  return BigInt(fingerprint).toString(16).padStart(16, '0');
}

/**
 * What a row of `logs` or `spans` is counted as: its fingerprint, or the error that was split off it, or the one that it was merged into. Merging and splitting change
 * no row, so that what was stored before and what comes later agree, and both can be taken back.
 */
export function groupOf({ wholes, splits }: ErrorGrouping): GroupSql {
  const own =
    splits.size === 0
      ? 'error_fingerprint'
      : `if(error_fingerprint IN {splitFrom:Array(UInt64)} AND bitXor(error_fingerprint, error_variant) IN {splitOff:Array(UInt64)}, bitXor(error_fingerprint, error_variant), error_fingerprint)`;
  return {
    sql:
      wholes.size === 0 ? own : `transform(${own}, {mergedParts:Array(UInt64)}, {mergedWholes:Array(UInt64)}, ${own})`,
    params: {
      ...(splits.size > 0 && {
        splitFrom: [...new Set(splits.values())].map(decimal),
        splitOff: [...splits.keys()].map(decimal),
      }),
      ...(wholes.size > 0 && {
        mergedParts: [...wholes.keys()].map(decimal),
        mergedWholes: [...wholes.values()].map(decimal),
      }),
    },
  };
}

/** The fingerprints that rows of these errors have: themselves, those of their parts, those that they were split off from. Rows are found by them, with an index. */
export function fingerprintsOf({ wholes, splits }: ErrorGrouping, ids: readonly string[]): readonly bigint[] {
  const wanted = new Set(ids);
  const all = [...ids, ...[...wholes].filter(([, whole]) => wanted.has(whole)).map(([part]) => part)];
  return [...new Set(all.map(id => splits.get(id) ?? id))].map(decimal);
}

/** A condition on rows: those of these errors. */
export function rowsOfErrors(grouping: ErrorGrouping, ids: readonly string[]): GroupSql {
  const isPlain = grouping.wholes.size === 0 && grouping.splits.size === 0;
  const group = groupOf(grouping);
  return {
    sql: `error_fingerprint IN {fingerprints:Array(UInt64)}${isPlain ? '' : ` AND ${group.sql} IN {errors:Array(UInt64)}`}`,
    params: {
      fingerprints: fingerprintsOf(grouping, ids),
      ...(!isPlain && { ...group.params, errors: ids.map(decimal) }),
    },
  };
}
