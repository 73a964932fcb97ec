import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../base/log.js';
import { Secret } from '../base/secret.js';
import { BadConfig, withJobsOf } from '../config/load-config.js';
import type { ScrapeJob } from '../config/scrape-job.js';

export interface RereadSettings {
  /** A Prometheus configuration. */
  readonly file: string;
  /** Jobs that do not stand in it. */
  readonly ownJobs: readonly ScrapeJob[];
  readonly everyMs: number;
}

/** Reads a Prometheus configuration again when it changed, until `signal` aborts. One that can not be used is told, and changes nothing. */
export async function rereadJobs(
  { file, ownJobs, everyMs }: RereadSettings,
  changed: (jobs: readonly ScrapeJob[]) => Promise<void>,
  log: Log,
  signal: AbortSignal,
): Promise<void> {
  let known = await versionOf(file);
  for (;;) {
    await sleep(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
    if (signal.aborted) return;
    const version = await versionOf(file);
    if (version === known) continue;
    known = version;
    try {
      await changed(await withJobsOf(file, ownJobs));
      log.info({ file }, 'the Prometheus configuration changed and was read again');
    } catch (error) {
      if (!(error instanceof BadConfig)) throw error;
      log.warn(
        { problems: error.problems },
        `${file} changed, but can not be used; it is scraped as before: ${error.message}`,
      );
    }
  }
}

async function versionOf(file: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(file);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return 'not there';
  }
}

/** A text that differs when anything in the job does; of a secret there is only a hash in it. */
export function jobKey(job: ScrapeJob): string {
  return JSON.stringify(job, function (key, value: unknown) {
    // A secret says nothing when it is asked for JSON, so it is looked at before.
    const given: unknown = Reflect.get(Object(this), key);
    if (given instanceof Secret) return createHash('sha256').update(given.reveal()).digest('hex');
    return typeof value === 'bigint' ? String(value) : value;
  });
}
