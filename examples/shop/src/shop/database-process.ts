import { fork } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { schemaSql } from '../database/schema.js';
import { snapshotPath } from '../database/snapshot.js';
import { alarm } from './alarm.js';
import { endOf } from './service-process.js';

/** The shop's database, ready for connections. */
export interface ShopDatabase {
  readonly url: string;
  /** Rejects when an embedded database ends that nobody asked to end. */
  readonly broken: Promise<never>;
  stop(): Promise<void>;
}

/** Makes the tables in a PostgreSQL that somebody else runs. */
export async function prepareDatabase(url: string): Promise<ShopDatabase> {
  const { Client } = await import('pg');
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(schemaSql());
  await client.end();
  return { url, broken: new Promise(() => {}), stop: async () => {} };
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
  const ended = endOf(child);
  const broken = alarm();
  let isStopping = false;
  const watch = async (): Promise<void> => {
    const { code, signal } = await ended;
    if (!isStopping) broken.raise(new Error(`the embedded database ended by itself (${signal ?? `code ${code}`})`));
  };
  void watch();
  const told = new Promise<string>(resolve => {
    child.once('message', (message: { readonly databaseUrl: string }) => resolve(message.databaseUrl));
  });
  return {
    url: await Promise.race([told, broken.raised]),
    broken: broken.raised,
    async stop() {
      isStopping = true;
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
