import { type Asker, ask } from './asker.js';
import { inWindow, windowParams } from './time-window.js';

export interface ServiceVersion {
  readonly service: string;
  readonly version: string;
}

const lookbackMs = 7 * 24 * 3_600_000;
const maxKnown = 10_000;

/**
 * When versions were seen first, looking back a week. What was found is remembered: a version keeps its first sight,
 * and a list of services is asked for every few seconds.
 */
export class VersionHistory {
  readonly #firstSeenMs = new Map<string, number>();

  /** First sight of each version, in the order given; undefined for one that was not seen in the week before `beforeMs`. */
  async firstSeenMs(
    asker: Asker,
    versions: readonly ServiceVersion[],
    beforeMs: number,
  ): Promise<readonly (number | undefined)[]> {
    const keyOf = ({ service, version }: ServiceVersion): string =>
      JSON.stringify([asker.scope.workspace, service, version]);
    const unknown = versions.filter(version => !this.#firstSeenMs.has(keyOf(version)));
    if (unknown.length > 0) {
      const rows = await ask<ServiceVersion & { first: string }>(asker, {
        sql: `SELECT service, version, toInt64(toUnixTimestamp(min(minute))) AS first
FROM operation_minutes
WHERE workspace = {workspace:String} AND ${inWindow('minute')} AND service IN {services:Array(String)} AND version IN {versions:Array(String)}
GROUP BY service, version`,
        params: {
          ...windowParams({ fromMs: beforeMs - lookbackMs, toMs: beforeMs }),
          services: [...new Set(unknown.map(({ service }) => service))],
          versions: [...new Set(unknown.map(({ version }) => version))],
        },
      });
      if (this.#firstSeenMs.size + rows.length > maxKnown) this.#firstSeenMs.clear();
      for (const row of rows) this.#firstSeenMs.set(keyOf(row), Number(row.first) * 1000);
    }
    return versions.map(version => this.#firstSeenMs.get(keyOf(version)));
  }
}
