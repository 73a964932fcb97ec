import { addresses, type ServiceName } from './addresses.js';
import { RequestError } from './request-error.js';
import { whoHeaders, type Who } from './who.js';

export interface Call {
  readonly method?: 'GET' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly timeoutMs?: number;
}

/**
 * Asks another service and gives its JSON answer, in the shape that service promises.
 *
 * A refusal (4xx) is thrown as the same RequestError; a failure (5xx) or silence as RequestError 502 or 504.
 */
export async function call<Answer>(service: ServiceName, path: string, who: Who, options: Call = {}): Promise<Answer> {
  const { method = 'GET', body, timeoutMs = 5_000 } = options;
  const headers = whoHeaders(who);
  if (body !== undefined) headers['content-type'] = 'application/json';
  let response: Response;
  try {
    response = await fetch(addresses().services[service] + path, {
      method,
      headers,
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === 'TimeoutError') {
      throw new RequestError(
        504,
        `${service}_timeout`,
        `${service} did not answer ${method} ${path} within ${timeoutMs} ms`,
      );
    }
    throw error;
  }
  // Both ends are in this repository: what the other side sends is what its route returns.
  const answer = (await response.json()) as Answer & {
    readonly error?: { readonly code: string; readonly message: string };
  };
  if (response.ok) return answer;
  const { code, message } = answer.error ?? {
    code: `${service}_failed`,
    message: `${service} answered ${response.status}`,
  };
  throw new RequestError(response.status >= 500 ? 502 : response.status, code, message);
}
