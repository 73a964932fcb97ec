import { memberOf } from '../errors/member-of.js';
import { besidePg } from './pg-side-client.js';

/** The plan of a query as PostgreSQL would run it now; `query` is what the application's client was called with. */
export function explainPg(like: object, query: readonly unknown[], made: (client: object) => void): Promise<unknown> {
  const [config, second] = query;
  const text = typeof config === 'string' ? config : memberOf(config, 'text');
  const values = Array.isArray(second) ? second : memberOf(config, 'values');
  return besidePg(like, made, async client => {
    const answer = await client.query(`EXPLAIN (FORMAT JSON) ${String(text)}`, Array.isArray(values) ? values : []);
    const rows = memberOf(answer, 'rows');
    return memberOf(Array.isArray(rows) ? rows[0] : undefined, 'QUERY PLAN');
  });
}
