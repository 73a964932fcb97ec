import { memberOf } from '../errors/member-of.js';
import { explainTimeoutMs } from './query-plans.js';

/** The part of a connection that is used here. */
interface Connection {
  query(text: string, values: unknown, done: (error: unknown, rows: unknown) => void): unknown;
  destroy(): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  readonly stream?: { unref?(): void };
}

/**
 * The plan of a query as MySQL or MariaDB would run it now, by a connection of its own that may only read. `made` is told of the connection, whose queries are not
 * the application's.
 */
export function explainMysql(
  Connection: Function,
  like: object,
  text: string,
  values: unknown,
  made: (connection: object) => void,
): Promise<unknown> {
  // It is of the class of the application's own connection.
  const connection = Reflect.construct(Connection, [{ config: memberOf(like, 'config') }]) as Connection;
  made(connection);
  connection.stream?.unref?.();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(reject, new Error('no plan in time')), explainTimeoutMs);
    timer.unref();
    function end(settle: (value: unknown) => void, value: unknown): void {
      clearTimeout(timer);
      connection.destroy();
      settle(value);
    }
    connection.on('error', error => end(reject, error));
    connection.query('SET SESSION TRANSACTION READ ONLY', [], failed => {
      if (failed !== null && failed !== undefined) return end(reject, failed);
      connection.query(`EXPLAIN FORMAT=JSON ${text}`, values, (error, rows) => {
        if (error !== null && error !== undefined) return end(reject, error);
        const [row]: readonly unknown[] = Array.isArray(rows) ? rows : [];
        end(resolve, memberOf(row, 'EXPLAIN'));
      });
    });
  });
}
