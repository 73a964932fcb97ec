import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { serverStandIn } from '../handover/server-stand-in.test-support.js';
import { runReceiver, type ReceiverOptions, type RunningReceiver } from '../receiver.js';
import { receiverOptions, removeFolder } from '../receiver.test-support.js';
import type { ReceiverStatus } from '../handover/messages.js';
import { storedLogs, storedPoints, storedSpans } from '../write/stored-rows.test-support.js';
import { openTestStore, type TestStore } from '../write/stored.test-support.js';

/** A receiver and a real store behind it: what is sent here can be read as the tables hold it. The store is one for all receivers of a test file. */
export interface StoredHere {
  readonly receiver: RunningReceiver;
  readonly url: string;
  spans(workspace?: string): Promise<readonly object[]>;
  logs(workspace?: string): Promise<readonly object[]>;
  points(workspace?: string): Promise<readonly object[]>;
  /** Whatever the statement asks the store. */
  rows<Row>(sql: string): Promise<readonly Row[]>;
  status(): ReceiverStatus | undefined;
  close(): Promise<void>;
}

export async function receiveAndStore(changes: Partial<ReceiverOptions> = {}): Promise<StoredHere> {
  const options = receiverOptions({ grpc: undefined, ...changes });
  const server = await serverStandIn(join(options.dataDir, 'server.sock'));
  const receiver = await runReceiver(options, new AbortController().signal);
  const store = await takeStore();
  const loaded = new Set<string>();
  const load = async (): Promise<void> => {
    await server.flush();
    for (const [key, file] of server.kept) {
      if (loaded.has(key)) continue;
      loaded.add(key);
      await store.load([{ table: key.split(' ')[1] ?? '', rows: 0, chunks: [file] }]);
    }
  };
  return {
    receiver,
    url: `http://127.0.0.1:${receiver.httpPort}`,
    async spans(workspace = 'default') {
      await load();
      return storedSpans(store, workspace);
    },
    async logs(workspace = 'default') {
      await load();
      return storedLogs(store, workspace);
    },
    async points(workspace = 'default') {
      await load();
      return storedPoints(store, workspace);
    },
    async rows(sql) {
      await load();
      return store.rows(sql);
    },
    status: () => server.status(),
    async close() {
      await receiver.stop();
      await server.stop();
      await giveStore();
      removeFolder(options.dataDir);
    },
  };
}

let store: Promise<TestStore> | undefined;
let users = 0;

/** The engine opens one folder per process. */
function takeStore(): Promise<TestStore> {
  users += 1;
  return (store ??= openTestStore());
}

async function giveStore(): Promise<void> {
  users -= 1;
  if (users > 0) return;
  const last = await store;
  store = undefined;
  await last?.close();
}

const run = promisify(execFile);

/** Runs a client in a process of its own until it ends; gives what it printed. It is one of `test-support/clients`. */
export async function runClient(name: string, ...args: readonly string[]): Promise<string> {
  const script = fileURLToPath(new URL(`test-support/clients/${name}`, import.meta.url));
  const { stdout } = await run(process.execPath, [script, ...args], { timeout: 30_000 });
  return stdout;
}
