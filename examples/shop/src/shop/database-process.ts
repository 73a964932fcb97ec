import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { schemaSql } from '../database/schema.js';
import { snapshotPath } from '../database/snapshot.js';
import { endOf, type ServiceProcess } from './service-process.js';

/** The shop's database, ready for connections. */
export interface ShopDatabase {
  readonly url: string;
  /** Resolves when an embedded database ends; never for one that is not ours. */
  readonly ended: Promise<void>;
  stop(): Promise<void>;
}

/** Makes the tables in a PostgreSQL that somebody else runs. */
export async function prepareDatabase(url: string): Promise<ShopDatabase> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(schemaSql());
  await client.end();
  return { url, ended: new Promise(() => {}), stop: async () => {} };
}

/** Starts the embedded PostgreSQL; the very first time its snapshot is made before, which takes some seconds more. */
export async function startEmbeddedDatabase(signal: AbortSignal): Promise<ShopDatabase> {
  if (!existsSync(snapshotPath())) {
    const { code } = await endOf(forkQuietly('../database/snapshot.js', signal));
    if (code !== 0 && !signal.aborted)
      throw new Error('the embedded database could not be set up; see the lines above');
  }
  signal.throwIfAborted();
  const child = forkQuietly('../database/main.js');
  const ended: ServiceProcess['ended'] = endOf(child);
  const url = new Promise<string>((resolve, reject) => {
    child.once('message', (message: { readonly databaseUrl: string }) => resolve(message.databaseUrl));
    void ended.then(() => reject(new Error('the embedded database ended before it answered')));
  });
  return {
    url: await url,
    ended: ended.then(() => {}),
    stop: async () => {
      if (child.connected) child.disconnect();
      const timer = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await ended;
      clearTimeout(timer);
    },
  };
}

function forkQuietly(file: string, signal?: AbortSignal): ReturnType<typeof fork> {
  return fork(fileURLToPath(new URL(file, import.meta.url)), {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    execArgv: [],
    ...(signal === undefined ? {} : { signal, killSignal: 'SIGKILL' }),
  });
}
