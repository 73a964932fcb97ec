import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EnvironmentReader } from './environment.js';

/** What may wait for a destination that is away. */
export interface SpoolSettings {
  /** Undefined: memory only. */
  readonly folder: string | undefined;
  /** Per destination. */
  readonly maxBytes: number;
  readonly maxAgeMs: number;
  /** Per destination, in memory. */
  readonly maxMemoryBytes: number;
}

const megabyte = 1_048_576;
const hourMs = 3_600_000;

export function readSpool(option: string | false | undefined, read: EnvironmentReader): SpoolSettings {
  const given = typeof option === 'string' && option !== '' ? option : read.text('BELLWETHER_SPOOL');
  const isOff = option === false || (given !== undefined && ['off', 'false', 'no', '0'].includes(given.toLowerCase()));
  return {
    folder: isOff ? undefined : (given ?? join(tmpdir(), `bellwether-spool-${process.getuid?.() ?? 'user'}`)),
    maxBytes: read.positive(64, 'a number of megabytes', 'BELLWETHER_SPOOL_MAX_MB') * megabyte,
    maxAgeMs: read.positive(48, 'a number of hours', 'BELLWETHER_SPOOL_MAX_HOURS') * hourMs,
    maxMemoryBytes: read.positive(8, 'a number of megabytes', 'BELLWETHER_QUEUE_MAX_MB') * megabyte,
  };
}
