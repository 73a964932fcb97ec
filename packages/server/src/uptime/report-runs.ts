import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { BlockFile } from '../handover/messages.js';
import { type ToldRun, runBlocks } from './run-telemetry.js';

interface ReportDeps {
  /** Where blocks may lie. */
  readonly blocksDir: string;
  /** Stores a file once per token. */
  readonly insert: (file: BlockFile, token: string) => Promise<unknown>;
  readonly now: () => number;
  readonly log: { warn(facts: object, message: string): void };
}

export interface RunReporter {
  report(told: ToldRun): void;
  /** Stores what waits. */
  stop(): Promise<void>;
}

const everyMs = 2000;

/** Runs that wait to be stored; beyond, the oldest are left out of metrics and traces. Their outcome is kept all the same. */
const maxWaiting = 5000;

/** Stores what runs leave as metrics and spans, all of two seconds at once. */
export function reportRuns({ blocksDir, insert, now, log }: ReportDeps): RunReporter {
  let waiting: ToldRun[] = [];
  let seq = now();
  let storing: Promise<void> = Promise.resolve();

  async function store(): Promise<void> {
    const told = waiting;
    waiting = [];
    if (told.length === 0) return;
    const first = seq;
    seq += told.length;
    for (const { table, rows, chunks } of runBlocks(told, first)) {
      const path = join(blocksDir, `uptime-${first}-${table}.native`);
      const bytes = Buffer.concat(chunks);
      try {
        await writeFile(path, bytes, { mode: 0o600 });
        await insert({ table, path, rows, bytes: bytes.length }, `uptime-${first}`);
      } finally {
        await rm(path, { force: true });
      }
    }
  }

  const next = (): Promise<void> =>
    (storing = storing.then(store).catch((error: unknown) => {
      log.warn({ err: error }, 'the metrics and traces of some runs of checks were not stored');
    }));
  const timer = setInterval(() => void next(), everyMs);
  timer.unref();

  return {
    report(told) {
      waiting.push(told);
      if (waiting.length > maxWaiting) waiting.shift();
    },
    stop() {
      clearInterval(timer);
      return next();
    },
  };
}
