import { errorType } from '../core/span-detail.js';
import { memberOf } from '../errors/member-of.js';

/** What clients call a request that took too long: Node, got, undici, AWS' client. */
const timeoutTypes: ReadonlySet<string> = new Set([
  'TimeoutError',
  'ETIMEDOUT',
  'ESOCKETTIMEDOUT',
  'HeadersTimeoutError',
  'BodyTimeoutError',
  'ConnectTimeoutError',
]);

/** `error.type` of a request without an answer: `timeout` whatever the client calls that, else the class or code of what went wrong. */
export function requestFailure(error: unknown): string {
  return isTimeout(error) || isTimeout(memberOf(error, 'cause')) ? 'timeout' : errorType(error);
}

function isTimeout(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = memberOf(error, 'code');
  if (timeoutTypes.has(errorType(error)) || (typeof code === 'string' && timeoutTypes.has(code))) return true;
  // axios names its own, and what its caller has given up, by the same code.
  return code === 'ECONNABORTED' && error.message.startsWith('timeout');
}
