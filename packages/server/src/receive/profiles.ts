import { randomUUID } from 'node:crypto';
import { readBody } from '../base/read-body.js';
import { refuseAsJson } from '../base/http.js';
import { Refusal } from '../base/refusal.js';
import { filesRequest } from '../decode/raw-files.js';
import { headerOf, originOf, type IngestRoute, type ReceiveDeps } from './protocol.js';
import { admit } from './workspace.js';

/** A profile of a minute of a large program has a few hundred kilobytes. */
const maxProfileBytes = 8 << 20;
const maxTextChars = 256;
const maxTraceIds = 200;

/**
 * POST /api/bw/v1/profiles?service=&kind=cpu&from=&to=: a profile as pprof (gzip), from `@bellwether/node`; `from` and `to` are its time in milliseconds since 1970, and the
 * header `X-Bellwether-Trace-Ids` names traces that were worked on meanwhile. It is kept as it came.
 */
export function profiles({ intake, limitsOf, keys, now }: ReceiveDeps): readonly IngestRoute[] {
  return [
    {
      method: 'POST',
      path: '/api/bw/v1/profiles',
      protocol: 'bellwether',
      signal: 'files',
      async handle(request) {
        const admission = admit(name => headerOf(request, name), keys);
        const asked = new URL(request.url ?? '/', 'http://localhost').searchParams;
        const text = (name: string): string => (asked.get(name) ?? '').slice(0, maxTextChars);
        const limits = limitsOf(admission);
        const body = await readBody(request, {
          ...limits,
          maxBodyBytes: Math.min(limits.maxBodyBytes, maxProfileBytes),
        });
        try {
          if (body.bytes[0] !== 0x1f || body.bytes[1] !== 0x8b)
            throw new Refusal('this is no profile', {
              status: 400,
              reason: 'bad-profile',
              remedy: 'Send pprof, compressed with gzip, as the body',
            });
          const [kind, fromMs, toMs] = [text('kind') || 'cpu', Number(text('from')), Number(text('to'))];
          const startMs = Number.isSafeInteger(fromMs) && fromMs > 0 ? fromMs : now();
          const traceIds = (headerOf(request, 'x-bellwether-trace-ids') ?? '')
            .split(',')
            .filter(id => /^[\da-f]{32}$/.test(id))
            .slice(0, maxTraceIds);
          const file = {
            kind: 'profile',
            name: `${kind}-${randomUUID()}.pprof`,
            contentType: 'application/vnd.google.pprof',
            service: text('service'),
            environment: text('environment'),
            version: text('version'),
            timeNs: BigInt(startMs) * 1_000_000n,
            attributes: [
              ['profile.kind', kind],
              ['profile.duration_ms', Number.isSafeInteger(toMs) ? Math.max(0, toMs - startMs) : 0],
              ['profile.trace_ids', traceIds.join(',')],
              ['service.instance.id', text('instance')],
            ],
            data: body.bytes,
          } as const;
          const parts = [{ signal: 'files', body: filesRequest([file]) }] as const;
          await intake.parts({ ...admission, parts, asSent: body.sent, origin: originOf('bellwether', request) });
        } finally {
          body.release();
        }
        return { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' };
      },
      refuse: refuseAsJson,
    },
  ];
}
