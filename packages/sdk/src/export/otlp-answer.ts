import { wireField } from '../otlp/wire.js';

/**
 * What a destination says that it did not keep of a request that it accepted: `Export…ServiceResponse { partial_success = 1 { rejected_… = 1; error_message = 2 } }`
 * (https://opentelemetry.io/docs/specs/otlp/#partial-success-1).
 */
export function partialSuccess(body: Buffer): { readonly rejected: number; readonly reason: string | undefined } {
  const partial = wireField(body, 1);
  if (partial === undefined || partial.type !== 2) return { rejected: 0, reason: undefined };
  const rejected = wireField(partial.bytes, 1);
  const reason = wireField(partial.bytes, 2)?.bytes.toString('utf8').slice(0, 300);
  return { rejected: rejected?.type === 0 ? rejected.value : 0, reason: reason === '' ? undefined : reason };
}
