import { setTimeout as sleep } from 'node:timers/promises';
import type { IncomingMessage } from 'node:http';
import { json, refusalHeaders, type Answer } from '../base/http.js';
import { readBody } from '../base/read-body.js';
import { Refusal } from '../base/refusal.js';
import { envelopeHeaderOf } from '../decode/sentry/envelope.js';
import { textOf } from '../decode/sentry/exact-json.js';
import { storeBody } from '../decode/sentry/store-body.js';
import { translateEnvelope, translateEvent, type Translated } from '../decode/sentry/translate.js';
import type { Taken } from './intake.js';
import type { Signal } from '../decode/batch.js';
import { headerOf, originOf, type IngestRoute, type ReceiveDeps } from './protocol.js';
import { admit, secretOf, type Admission, type IngestKey } from './workspace.js';

/** Without a key in its address or headers a request may be this long: the key is in its first line then, which has to be read first. */
const maxBytesWithoutKey = 1 << 20;

/**
 * POST /api/<project>/envelope/ and /api/<project>/store/: what Sentry's SDKs send when their DSN is `http://<key>@host:4318/<project>`.
 *
 * Sentry's SDKs drop their copy whatever we answer. So 200 still means that it is on disk, and 503 comes only when there truly is no room: while the disk
 * is behind, a request waits. `X-Sentry-Rate-Limits` tells the SDK to be quiet until then, and it reports later what it dropped meanwhile.
 */
export function sentry(deps: ReceiveDeps): readonly IngestRoute[] {
  return [
    sentryRoute('envelope', deps, translateEnvelope),
    sentryRoute('store', deps, (body, sender) => translateEvent(storeBody(body), sender)),
    ...['security', 'minidump'].map(name => unsupported(name)),
  ];
}

function sentryRoute(
  name: string,
  { intake, limits, limitsOf, keys, ledger, now }: ReceiveDeps,
  translate: (body: Uint8Array, sender: { readonly project: string; readonly receivedMs: number }) => Translated,
): IngestRoute {
  return {
    method: 'POST',
    path: `/api/:project/${name}/`,
    protocol: 'sentry',
    async handle(request) {
      const early = keyOfRequest(request);
      const isKeyInBody = keys.length > 0 && early === undefined;
      // A wrong key is refused before its body is read.
      const admission = isKeyInBody ? undefined : admitSentry(request, keys, early);
      const own = admission === undefined ? limits : limitsOf(admission);
      const maxBodyBytes = isKeyInBody ? Math.min(own.maxBodyBytes, maxBytesWithoutKey) : own.maxBodyBytes;
      const body = await readBody(request, { ...own, maxBodyBytes });
      try {
        const { workspace, key } = admission ?? admitSentry(request, keys, keyOfEnvelope(body.bytes));
        const { parts, eventId, clientDropped } = translate(body.bytes, {
          project: projectOf(request),
          receivedMs: now(),
        });
        // The same bytes with the same event's id are a copy that a proxy or a tunnel sent again.
        const asSent = eventId === undefined ? {} : { asSent: body.bytes };
        const origin = originOf('sentry', request);
        const taken = await whenThereIsRoom(() => intake.parts({ workspace, key, parts, origin, ...asSent }));
        for (const { category, reason, quantity } of clientDropped)
          ledger.reportedLost(
            { workspace, key, protocol: 'sentry', signal: signalOfCategory(category) },
            reason,
            quantity,
          );
        return accepted(eventId, parts.every(part => part.body.length === 0) ? taken : undefined);
      } finally {
        body.release();
      }
    },
    refuse: refuseAsRelay,
  };
}

/** `400` when nothing of it could be kept, as the ledger says too; else what was kept is answered with its event's id. */
function accepted(eventId: string | undefined, nothingKept: Taken | undefined): Answer {
  if (nothingKept !== undefined && nothingKept.rejected > 0)
    return json(400, { detail: nothingKept.rejectedReason, causes: [] });
  return json(200, eventId === undefined ? {} : { id: eventId });
}

/** Tries again while the disk is behind, for five seconds at most. A log without room is no matter of seconds. */
export async function whenThereIsRoom<Done>(take: () => Promise<Done>, maxWaitMs = 5000): Promise<Done> {
  for (let waitedMs = 0; ; waitedMs += 50) {
    try {
      return await take();
    } catch (error) {
      if (!(error instanceof Refusal) || error.facts.reason !== 'busy' || waitedMs >= maxWaitMs) throw error;
    }
    await sleep(50);
  }
}

/** What Sentry calls a kind of data, by where it would have gone. */
function signalOfCategory(category: string): Signal {
  if (/^(transaction|span)/.test(category)) return 'traces';
  if (/^(metric|trace_metric|session)/.test(category)) return 'metrics';
  return /^(attachment|profile|replay)/.test(category) ? 'files' : 'logs';
}

function projectOf(request: IncomingMessage): string {
  const segment = (request.url ?? '').split('/')[2] ?? '';
  try {
    return decodeURIComponent(segment).slice(0, 100);
  } catch {
    return segment.slice(0, 100);
  }
}

/** The DSN's public key: `sentry_key` of the address or of a Sentry header; else a key as our other senders give it. */
function keyOfRequest(request: IncomingMessage): string | undefined {
  const query = (request.url ?? '').split('?')[1];
  const ofQuery = query === undefined ? undefined : new URLSearchParams(query).get('sentry_key');
  if (ofQuery) return ofQuery;
  for (const name of ['x-sentry-auth', 'authorization']) {
    const header = /^sentry\s(.*)$/i.exec(headerOf(request, name) ?? '')?.[1];
    const key = /(?:^|[\s,])sentry_key\s*=\s*"?([^\s,"]+)/i.exec(header ?? '')?.[1];
    if (key !== undefined) return key;
  }
  return secretOf(name => headerOf(request, name));
}

/** The key of the `dsn` in an envelope's header, which relays and tunnels leave there. */
function keyOfEnvelope(body: Uint8Array): string | undefined {
  const dsn = textOf(envelopeHeaderOf(body), 'dsn');
  return dsn === undefined ? undefined : /^https?:\/\/([^:@/]+)(?::[^@/]*)?@/.exec(dsn)?.[1];
}

function admitSentry(request: IncomingMessage, keys: readonly IngestKey[], key: string | undefined): Admission {
  if (keys.length > 0 && key === undefined) {
    throw new Refusal('the request has no key', {
      status: 401,
      reason: 'unauthorized',
      remedy: 'Write the DSN as http://<key>@<host>:4318/<project>, with a key of ingest.keys before the @',
    });
  }
  return admit(name => headerOf(request, name), keys, key);
}

function unsupported(name: string): IngestRoute {
  return {
    method: 'POST',
    path: `/api/:project/${name}/`,
    protocol: 'sentry',
    handle() {
      throw new Refusal(`reports to /${name}/ are not taken`, {
        status: 404,
        reason: 'unsupported-endpoint',
        remedy:
          'Bellwether observes backends: it takes /envelope/ and /store/. Leave this endpoint out of the configuration',
      });
    },
    refuse: refuseAsRelay,
  };
}

/** An error as Sentry's relay writes it. */
function refuseAsRelay(refusal: Refusal): Answer {
  const { facts, text } = refusal;
  const answer = json(facts.status, { detail: text, causes: [] });
  const { retryAfterSeconds } = facts;
  const limits =
    retryAfterSeconds === undefined
      ? {}
      : { 'x-sentry-rate-limits': `${retryAfterSeconds}::organization:${facts.reason}` };
  // SDKs in debug mode show this header.
  const shown = { 'x-sentry-error': text.replaceAll(/[^\x20-\x7e]+/g, ' ').slice(0, 300) };
  return { ...answer, headers: { ...answer.headers, ...shown, ...refusalHeaders(refusal), ...limits } };
}
