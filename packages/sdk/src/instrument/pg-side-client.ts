import { memberOf } from '../errors/member-of.js';

/** The part of a client that is used here. */
export interface SideClient {
  connect(): Promise<unknown>;
  query(text: string, values?: readonly unknown[]): Promise<unknown>;
  end(): Promise<unknown>;
  unref?(): void;
  on(event: 'error', listener: () => void): void;
}

/** How long what is asked beside the application may take, with its connection. */
export const sideTimeoutMs = 2000;

/**
 * Asks PostgreSQL something by a client of its own, like one of the application's, in a transaction that may only read. `made` is told of the client, whose queries are not the
 * application's. It keeps no process alive.
 */
export async function besidePg<T>(
  like: object,
  made: (client: object) => void,
  ask: (client: SideClient) => Promise<T>,
): Promise<T> {
  const client = clientLike(like);
  made(client);
  client.on('error', () => {});
  try {
    const connected = client.connect();
    client.unref?.();
    await connected;
    client.unref?.();
    await client.query(`BEGIN READ ONLY; SET LOCAL statement_timeout = ${sideTimeoutMs / 2}`);
    return await ask(client);
  } finally {
    void client.end().catch(() => {});
  }
}

function clientLike(like: object): SideClient {
  const { constructor } = like;
  const settings = Object.fromEntries(
    ['host', 'port', 'user', 'password', 'database', 'ssl'].map(name => [name, memberOf(like, name)]),
  );
  const made: unknown = Reflect.construct(constructor, [
    { ...settings, connectionTimeoutMillis: sideTimeoutMs, application_name: 'bellwether' },
  ]);
  // It is of the class of the application's own client.
  return made as SideClient;
}
