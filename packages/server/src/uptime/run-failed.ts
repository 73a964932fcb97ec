import type { FailureReason } from '@bellwether/model';

/** Why a run failed, for people and for machines. The message never holds a header's value or a body. */
export class RunFailed extends Error {
  override readonly name = 'RunFailed';

  constructor(
    readonly reason: FailureReason,
    message: string,
    readonly found: RunFacts = {},
  ) {
    super(message);
  }
}

/** What a run saw. */
export interface RunFacts {
  readonly httpStatus?: number | undefined;
  readonly certificateDays?: number | undefined;
}

/** A failure of the network in our words: names, connections, certificates. */
export function networkFailure(error: unknown, target: string, found: RunFacts = {}): RunFailed {
  if (error instanceof RunFailed) return error;
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  if (tlsCode.test(code))
    return new RunFailed('tls', `${target}: ${tlsWords.get(code) ?? `TLS failed (${code})`}`, found);
  if (dnsCode.test(code)) return new RunFailed('dns', `${target}: the name has no address (${code})`, found);
  const words = connectWords.get(code) ?? (code === '' ? 'the connection failed' : `the connection failed (${code})`);
  return new RunFailed('connect', `${target}: ${words}`, found);
}

const tlsCode = /^(?:ERR_(?:SSL|TLS)_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|EPROTO$|ERR_OSSL)/;
const dnsCode = /^(?:ENOTFOUND|EAI_|ENODATA|ESERVFAIL|EREFUSED|EBADNAME|ENONAME|EFORMERR)/;

const tlsWords: ReadonlyMap<string, string> = new Map([
  ['CERT_HAS_EXPIRED', 'the certificate has expired'],
  ['CERT_NOT_YET_VALID', 'the certificate is not valid yet'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'the certificate is signed by itself'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'the certificate chain ends in one that nobody trusts'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'the server does not send the whole chain of its certificate'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'nobody who is trusted issued the certificate'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'the certificate is for another name'],
]);

const connectWords: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'the connection was refused'],
  ['ECONNRESET', 'the connection was closed by the other side'],
  ['EHOSTUNREACH', 'there is no way to the host'],
  ['ENETUNREACH', 'there is no way to the network'],
  ['ETIMEDOUT', 'nobody answered the connection'],
]);
