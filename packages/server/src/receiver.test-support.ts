import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silent } from './base/log.js';
import { defaultStatsdOptions } from './receive/statsd/statsd-options.js';
import type { ReceiverOptions } from './receiver.js';

/** A data folder of its own for a test, and options for a receiver in it that listens on free ports of this machine. */
export function receiverOptions(changes: Partial<ReceiverOptions> = {}): ReceiverOptions {
  return {
    dataDir: mkdtempSync(join(tmpdir(), 'bellwether-receiver-')),
    http: { host: '127.0.0.1', port: 0 },
    grpc: { host: '127.0.0.1', port: 0 },
    ports: {},
    keyless: { workspace: 'default', networks: [] },
    statsd: defaultStatsdOptions,
    seriesLimits: { perMetric: 10_000, perWorkspace: 200_000 },
    maxBodyBytes: 64 << 20,
    walMaxBytes: 1 << 30,
    blocksMaxBytes: 1 << 30,
    keys: [],
    log: silent,
    ...changes,
  };
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
