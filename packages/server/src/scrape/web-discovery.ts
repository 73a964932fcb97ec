import { targetGroups } from '../config/scrape-configs.js';
import type { HttpDiscovery } from '../config/scrape-job.js';
import type { Discovery } from './discovery.js';
import type { HttpClient } from './http-client.js';
import type { TargetGroup } from './target.js';

const maxAnswerBytes = 16 << 20;

/** Targets from a URL that answers with a list of groups in JSON, as `http_sd_configs`. When it does not, the targets stay as they were. */
export function webDiscovery({ url, refreshMs }: HttpDiscovery, client: HttpClient, userAgent: string): Discovery {
  let known: readonly TargetGroup[] = [];
  return {
    what: 'http_sd_configs',
    everyMs: refreshMs,
    async find(signal) {
      const headers = {
        accept: 'application/json',
        'user-agent': userAgent,
        'x-prometheus-refresh-interval-seconds': String(refreshMs / 1000),
      };
      try {
        const page = await client.get({ url, headers, timeoutMs: 30_000, maxBytes: maxAnswerBytes }, signal);
        try {
          const given: unknown = JSON.parse(page.bytes.toString());
          const groups = targetGroups.parse(given);
          known = groups.map(group => ({ ...group, labels: { ...group.labels, __meta_url: url } }));
        } finally {
          page.release();
        }
      } catch (error) {
        signal.throwIfAborted();
        return { groups: known, faults: [error instanceof SyntaxError ? 'the answer is not JSON' : reason(error)] };
      }
      return { groups: known, faults: [] };
    },
  };
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 300) : String(error);
}
