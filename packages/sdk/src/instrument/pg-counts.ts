import { memberOf } from '../errors/member-of.js';
import { type CollectionCount, countsOf, maxCollections } from './collection-counts.js';
import { besidePg } from './pg-side-client.js';

/** What its statistics say of each table: live rows, or what the last `ANALYZE` found. Nothing is counted. */
const query = `SELECT CASE n.nspname WHEN 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END AS name,
  CASE WHEN s.n_live_tup > 0 THEN s.n_live_tup ELSE greatest(c.reltuples, 0) END::float8 AS count
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace LEFT JOIN pg_stat_user_tables s ON s.relid = c.oid
WHERE c.relkind IN ('r', 'm') AND n.nspname <> 'information_schema' AND n.nspname NOT LIKE 'pg\\_%'
ORDER BY 2 DESC LIMIT ${maxCollections}`;

/** The tables of the database that `like` is a client of. */
export function countPg(like: object, made: (client: object) => void): Promise<readonly CollectionCount[]> {
  return besidePg(like, made, async client => countsOf(memberOf(await client.query(query), 'rows')));
}
