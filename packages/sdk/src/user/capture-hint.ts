import type { Shared } from '../core/scope.js';
import { isLevel, type Level, type Surroundings, type TagValue } from '../core/surroundings.js';
import { setTenantOf } from '../core/tenant.js';
import { putContext, putExtra, putFingerprint, putTag } from './scope-facts.js';
import { putUser, type User } from './set-user.js';

/** Facts for one report alone, over those of the request. */
export interface CaptureHint {
  readonly level?: Level;
  readonly user?: User;
  /** The tenant's id. */
  readonly tenant?: string;
  readonly tags?: Readonly<Record<string, TagValue | undefined>>;
  readonly contexts?: Readonly<Record<string, object | undefined>>;
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Says which errors are the same, instead of type and stack. */
  readonly fingerprint?: readonly string[];
}

/** Puts a hint's facts beside those that are known. */
export function putHint(hint: CaptureHint | undefined, surroundings: Surroundings, shared: Shared): void {
  const { level, user, tenant, tags, contexts, extra, fingerprint } = hint ?? {};
  if (isLevel(level)) surroundings.level = level;
  if (user !== undefined) putUser(surroundings, shared, user);
  if (typeof tenant === 'string') setTenantOf(shared, tenant, tenant === shared.tenantId ? shared.plan : undefined);
  for (const [name, value] of Object.entries(tags ?? {})) putTag(surroundings, name, value);
  for (const [name, members] of Object.entries(contexts ?? {})) putContext(surroundings, name, members);
  for (const [name, value] of Object.entries(extra ?? {})) putExtra(surroundings, name, value);
  putFingerprint(surroundings, fingerprint);
}
