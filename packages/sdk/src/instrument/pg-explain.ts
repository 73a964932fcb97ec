import { memberOf } from '../errors/member-of.js';
import { explainTimeoutMs } from './query-plans.js';

/** The part of a client that is used here. */
interface Client {
  connect(): Promise<unknown>;
  query(text: string, values?: readonly unknown[]): Promise<unknown>;
  end(): Promise<unknown>;
  unref?(): void;
  on(event: 'error', listener: () => void): void;
}

/**
 * The plan of a query as PostgreSQL would run it now, by a client of its own to the same database, in a transaction that may only read. `made` is told of the client, whose
 * queries are not the application's.
 */
export async function explainPg(
  like: object,
  query: readonly unknown[],
  made: (client: object) => void,
): Promise<unknown> {
  const [config, second] = query;
  const text = typeof config === 'string' ? config : memberOf(config, 'text');
  const values = Array.isArray(second) ? second : memberOf(config, 'values');
  const client = clientLike(like);
  if (client === undefined || typeof text !== 'string') throw new Error('not a query that can be explained');
  made(client);
  client.on('error', () => {});
  try {
    const connected = client.connect();
    client.unref?.();
    await connected;
    client.unref?.();
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${explainTimeoutMs / 2}`);
    const answer = await client.query(`EXPLAIN (FORMAT JSON) ${text}`, Array.isArray(values) ? values : []);
    const rows = memberOf(answer, 'rows');
    return memberOf(Array.isArray(rows) ? rows[0] : undefined, 'QUERY PLAN');
  } finally {
    void client.end().catch(() => {});
  }
}

function clientLike(like: object): Client | undefined {
  const { constructor } = like;
  if (typeof constructor !== 'function') return undefined;
  const settings = Object.fromEntries(
    ['host', 'port', 'user', 'password', 'database', 'ssl'].map(name => [name, memberOf(like, name)]),
  );
  const made: unknown = Reflect.construct(constructor, [
    { ...settings, connectionTimeoutMillis: explainTimeoutMs, application_name: 'bellwether explain' },
  ]);
  // It is of the class of the application's own client.
  return made as Client;
}
