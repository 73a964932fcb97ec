import type { IncomingMessage, ServerResponse } from 'node:http';
import { requestOf } from '../instrument/server-request.js';
import type { HealthAnswer } from './health.js';

/** Fits `http.createServer`, and Express as a middleware. */
export type HealthListener = (
  request: IncomingMessage,
  response: ServerResponse,
  next?: (error?: unknown) => void,
) => void;

/** A listener that answers what `answer` knows, and to POST what `posted` does, and hands on everything else. */
export function healthListener(
  base: string,
  answer: (path: string, request: IncomingMessage) => Promise<HealthAnswer | undefined>,
  posted?: (path: string, request: IncomingMessage) => Promise<HealthAnswer | undefined>,
): HealthListener {
  const respond = async (
    request: IncomingMessage,
    response: ServerResponse,
    next: ((error?: unknown) => void) | undefined,
  ): Promise<void> => {
    const path = request.url ?? '';
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const isPost = request.method === 'POST';
    const found = isRead ? await answer(path, request) : isPost ? await posted?.(path, request) : undefined;
    if (found === undefined) {
      if (next !== undefined) next();
      else if (isRead) end(response, 404, {}, '{"status":"unknown"}');
      else end(response, 405, { allow: 'GET, HEAD' }, '');
      return;
    }
    const entry = requestOf(request);
    if (entry !== undefined) entry.route ??= path.split('?', 1)[0];
    end(response, found.status, found.headers, request.method === 'HEAD' ? '' : found.body);
  };
  return (request, response, next) => {
    const path = request.url ?? '';
    // What is not ours is handed on at once.
    if (next !== undefined && !path.startsWith(base)) next();
    else void respond(request, response, next);
  };
}

function end(response: ServerResponse, status: number, headers: Readonly<Record<string, string>>, body: string): void {
  if (response.headersSent || response.destroyed) return;
  response.writeHead(status, headers);
  response.end(body);
}
