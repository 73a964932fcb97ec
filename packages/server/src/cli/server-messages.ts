import type { Address } from '../config/address.js';
import type { Config } from '../config/schema.js';

/** What the server process is told at its start. */
export interface ServerStart {
  readonly dataDir: string;
  readonly listen: Address;
  readonly retention: Config['retention'];
  readonly query: Config['query'];
  readonly findings: Config['findings'];
  readonly dashboardsFolder: string | undefined;
  readonly uptime: Config['uptime'];
  readonly demo: boolean;
}

export type ToServerProcess = { readonly type: 'start'; readonly start: ServerStart } | { readonly type: 'stop' };

export type FromServerProcess =
  | { readonly type: 'ready'; readonly port: number }
  /** It can not run as things are; `message` says why and what to do. The process ends. */
  | { readonly type: 'refused'; readonly message: string };
