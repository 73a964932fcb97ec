import Fastify from 'fastify';
import type { z } from 'zod';
import { decode } from '../decode/decode.js';
import { BlockBuilder } from '../write/block-builder.js';
import { openTestStore } from '../write/stored.test-support.js';
import { serverSideLink } from './receiver-link.test.support.js';
import { shopTelemetry } from './shop-telemetry.test-support.js';
import { buildApi } from './start-api.js';

/** The API over a store that holds half an hour of the shop; the workspace `plain` has its traces alone. */
export interface ShopApi {
  readonly fromMs: number;
  readonly toMs: number;
  get<Answer>(path: string, schema: z.ZodType<Answer>, workspace?: string): Promise<Answer>;
  /** Status and message of an answer that is none. */
  refused(path: string): Promise<string>;
  close(): Promise<void>;
}

export async function openShopApi(): Promise<ShopApi> {
  const toMs = Math.floor(Date.now() / 60_000) * 60_000;
  const { traces, metrics, logs, fromMs } = shopTelemetry(toMs);
  const store = await openTestStore();
  const builder = new BlockBuilder();
  for (const [signal, request, workspace] of [
    ['traces', traces, 'default'],
    ['metrics', metrics, 'default'],
    ['logs', logs, 'default'],
    ['traces', traces, 'plain'],
  ] as const) {
    builder.add(decode(signal, 'json', Buffer.from(JSON.stringify(request))), {
      workspace,
      recordSeq: 1,
      receivedMs: toMs,
    });
  }
  await store.load(builder.cut());
  const app = await buildApi({
    store: store.engine,
    receiver: serverSideLink(),
    listen: { host: '127.0.0.1', port: 0 },
    version: '1.2.3',
    startedAtMs: 1000,
    demo: false,
    uiDir: undefined,
    dataDir: '',
    log: Fastify({ logger: { level: 'error' } }).log,
  });
  const ask = (path: string, workspace?: string) =>
    app.inject({
      method: 'GET',
      url: `/api/bw/v1${path}`,
      headers: { host: 'localhost', ...(workspace !== undefined && { 'x-scope-orgid': workspace }) },
    });
  return {
    fromMs,
    toMs,
    async get(path, schema, workspace) {
      const answer = await ask(path, workspace);
      if (answer.statusCode !== 200) throw new Error(`${answer.statusCode} ${answer.body}`);
      return schema.parse(answer.json());
    },
    async refused(path) {
      const answer = await ask(path);
      return `${answer.statusCode} ${answer.json<{ error: { message: string } }>().error.message}`;
    },
    async close() {
      await app.close();
      await store.close();
    },
  };
}
