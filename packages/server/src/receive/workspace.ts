import { createHash } from 'node:crypto';
import { Refusal } from '../base/refusal.js';
import { isWorkspaceName, workspaceNameForm } from '../base/workspace-name.js';
import type { SendLimits } from './limits.js';

/** A key that may send. Only its hash is kept. */
export interface IngestKey {
  readonly name: string;
  readonly workspace: string;
  /** SHA-256 of the key, in lower-case hex. */
  readonly sha256: string;
  /** What may be sent with it, besides what its workspace may. */
  readonly limits?: SendLimits | undefined;
}

/** Whose data a request is, and by which key (its name; '' where none is needed). */
export interface Admission {
  readonly workspace: string;
  readonly key: string;
}

/** The key in a request's headers: `Authorization: Bearer`, the password of `Basic` (Prometheus, Loki), or `X-Bellwether-Key`. */
export function secretOf(header: (name: string) => string | undefined): string | undefined {
  const authorization = header('authorization') ?? '';
  const bearer = /^bearer\s+(\S+)\s*$/i.exec(authorization)?.[1];
  if (bearer !== undefined) return bearer;
  const basic = /^basic\s+(\S+)\s*$/i.exec(authorization)?.[1];
  if (basic !== undefined)
    return Buffer.from(basic, 'base64')
      .toString()
      .replace(/^[^:]*:/, '');
  return header('x-bellwether-key');
}

/**
 * Whose data a request is. With keys, the key says it; without (only on loopback) the header `X-Scope-OrgID` does, else it is `default`.
 * `secret` is the key when the protocol carries it elsewhere than in our headers.
 * Throws a `Refusal`: 401 without a good key, 403 when the header names another workspace than the key, 400 for a name that can be none.
 */
export function admit(
  header: (name: string) => string | undefined,
  keys: readonly IngestKey[],
  secret: string | undefined = secretOf(header),
): Admission {
  const asked = header('x-scope-orgid');
  if (asked !== undefined && !isWorkspaceName(asked)) {
    throw new Refusal('X-Scope-OrgID is no workspace name', {
      status: 400,
      reason: 'bad-workspace',
      remedy: `A workspace is ${workspaceNameForm}`,
    });
  }
  if (keys.length === 0) return { workspace: asked ?? 'default', key: '' };

  if (secret === undefined) {
    throw unauthorized(
      'the request has no key',
      'Set OTEL_EXPORTER_OTLP_HEADERS="x-bellwether-key=<key>" (or Authorization: Bearer <key>) with a key of ingest.keys',
    );
  }
  // Looking up a hash tells a guesser nothing about the key, however long the comparison takes.
  const sha256 = createHash('sha256').update(secret).digest('hex');
  const key = keys.find(key => key.sha256.toLowerCase() === sha256);
  if (key === undefined) {
    throw unauthorized(
      'the key is not known here',
      'Use a key of ingest.keys; a key that was replaced stops working at once',
    );
  }
  if (asked !== undefined && asked !== key.workspace) {
    throw new Refusal(`X-Scope-OrgID says "${asked}", and the key belongs to another workspace`, {
      status: 403,
      reason: 'other-workspace',
      remedy: 'Leave the header out, or use a key of that workspace',
    });
  }
  return { workspace: key.workspace, key: key.name };
}

function unauthorized(message: string, remedy: string): Refusal {
  return new Refusal(message, {
    status: 401,
    reason: 'unauthorized',
    remedy,
    headers: { 'www-authenticate': 'Bearer realm="bellwether ingest"' },
  });
}
