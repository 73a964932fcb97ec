import { memberOf } from '../errors/member-of.js';

/** The part of a connection that is used here. */
interface Connection {
  query(text: string, values: unknown, done: (error: unknown, rows: unknown) => void): unknown;
  destroy(): void;
  on(event: 'error', listener: (error: unknown) => void): void;
  readonly stream?: { unref?(): void };
}

const timeoutMs = 2000;

/**
 * Asks MySQL or MariaDB something by a connection of its own, like one of the application's, that may only read. `made` is told of the connection, whose queries are not
 * the application's. It keeps no process alive.
 */
export function besideMysql(
  Connection: Function,
  like: object,
  made: (connection: object) => void,
  text: string,
  values: unknown,
): Promise<unknown> {
  // It is of the class of the application's own connection.
  const connection = Reflect.construct(Connection, [{ config: memberOf(like, 'config') }]) as Connection;
  made(connection);
  connection.stream?.unref?.();
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => end(reject, new Error('no answer in time')), timeoutMs);
    timer.unref();
    function end(settle: (value: unknown) => void, value: unknown): void {
      clearTimeout(timer);
      connection.destroy();
      settle(value);
    }
    connection.on('error', error => end(reject, error));
    connection.query('SET SESSION TRANSACTION READ ONLY', [], failed => {
      if (failed !== null && failed !== undefined) return end(reject, failed);
      connection.query(text, values, (error, rows) => {
        if (error !== null && error !== undefined) end(reject, error);
        else end(resolve, rows);
      });
    });
  });
}
