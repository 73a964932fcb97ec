import { http } from '../core/node-modules.js';
import https from 'node:https';
import type { Destination, Destinations } from '../destinations/destination.js';
import { markOwnAgent } from '../export/post.js';
import { ownHeaders } from '../export/request.js';
import type { TakenProfile } from './take-profile.js';

/** Who was profiled. */
export interface Profiled {
  readonly service: string;
  readonly environment: string;
  readonly version: string;
  readonly instance: string;
}

/** Who this process is, by its resource attributes. */
export function profiledAs(resource: Readonly<Record<string, string | number>>): Profiled {
  const text = (name: string): string => String(resource[name] ?? '');
  return {
    service: text('service.name'),
    environment: text('deployment.environment.name'),
    version: text('service.version'),
    instance: text('service.instance.id'),
  };
}

const timeoutMs = 10_000;

/** The destination that takes profiles: a Bellwether. */
export function profileDestination({ sent }: Destinations): Destination | undefined {
  return sent.find(({ name }) => name === 'bellwether');
}

/** `POST /api/bw/v1/profiles` of Bellwether's ingest port. Resolves with the status; 0 when nobody answered. It never rejects. */
export function uploadProfile(destination: Destination, who: Profiled, taken: TakenProfile): Promise<number> {
  const { url } = destination;
  const query = new URLSearchParams({
    ...who,
    kind: taken.kind,
    from: String(Math.round(taken.startUnixMs)),
    to: String(Math.round(taken.startUnixMs + taken.durationMs)),
  });
  const target = new URL(`${url.origin}${url.pathname.replace(/\/+$/, '')}/api/bw/v1/profiles?${query.toString()}`);
  return new Promise(resolve => {
    const { Agent, request: begin } = url.protocol === 'https:' ? https : http;
    const request = begin(target, {
      method: 'POST',
      agent: markOwnAgent(new Agent()),
      timeout: timeoutMs,
      headers: {
        ...ownHeaders(destination),
        'content-length': taken.pprof.length,
        'content-type': 'application/vnd.google.pprof',
        'x-bellwether-trace-ids': taken.traceIds.slice(0, maxHeaderIds).join(','),
      },
    });
    request.on('socket', socket => socket.unref());
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(0));
    request.on('response', response => {
      response.resume();
      response.on('error', () => resolve(0));
      response.on('end', () => resolve(response.statusCode ?? 0));
    });
    request.end(taken.pprof);
  });
}

/** Node's servers take 16 KiB of headers. */
const maxHeaderIds = 200;
