import { BadDashboard } from '@bellwether/dashboards';
import { SearchError } from '@bellwether/model';
import type { ApiError } from '@bellwether/model';
import { z } from 'zod';
import { BadInput } from '../base/bad-input.js';
import { ReceiverAway } from '../handover/receiver-link.js';
import { QueryTooSlow } from '../store/store.js';
import { EngineBusy } from '../store/session-pool.js';

/** What was asked for is not here. `message` says where to look instead. */
export class NotFound extends Error {
  override readonly name = 'NotFound';
}

/** The path is answered, but not for this method. `message` says for which. */
export class WrongMethod extends Error {
  override readonly name = 'WrongMethod';
}

/** Somebody else was first. `message` says what to do. */
export class Conflict extends Error {
  override readonly name = 'Conflict';
}

/** The request is refused for where it comes from. `message` says what would be accepted. */
export class Forbidden extends Error {
  override readonly name = 'Forbidden';
}

/** The server can not answer now; asking again later helps. */
export class Unavailable extends Error {
  override readonly name = 'Unavailable';
}

export interface ApiFailure {
  readonly status: number;
  readonly body: ApiError;
  /** Say it in the log too: it is a mistake of ours, not of who asked. */
  readonly isOurs: boolean;
  readonly retryAfterSeconds?: number;
}

/** Every error of the API in one shape: what went wrong, and what to do. Nothing of the inside is told. */
export function apiFailure(error: unknown, requestId: string): ApiFailure {
  const failure = (status: number, code: string, message: string): ApiFailure => ({
    status,
    body: { error: { code, message, requestId } },
    isOurs: false,
  });
  if (error instanceof SearchError) {
    const { from, to } = error.place;
    const body = { error: { code: 'bad-query', message: error.message, position: { from, to }, requestId } };
    return { status: 400, body, isOurs: false };
  }
  if (error instanceof z.ZodError) return failure(400, 'bad-request', zodMessage(error));
  if (error instanceof BadInput) return failure(400, 'bad-request', error.message);
  if (error instanceof NotFound) return failure(404, 'not-found', error.message);
  if (error instanceof WrongMethod) return failure(405, 'wrong-method', error.message);
  if (error instanceof Conflict) return failure(409, 'conflict', error.message);
  if (error instanceof BadDashboard) return failure(400, 'bad-dashboard', error.message);
  if (error instanceof Forbidden) return failure(403, 'forbidden', error.message);
  if (error instanceof QueryTooSlow) return failure(504, 'too-slow', error.message);
  if (error instanceof EngineBusy || error instanceof ReceiverAway || error instanceof Unavailable) {
    return { ...failure(503, 'unavailable', error.message), retryAfterSeconds: 1 };
  }
  const status = clientStatus(error);
  if (status !== undefined && error instanceof Error) return failure(status, 'bad-request', `${error.message}.`);
  return {
    ...failure(
      500,
      'internal',
      `Something failed in Bellwether itself; its log tells more under request ${requestId}.`,
    ),
    isOurs: true,
  };
}

function zodMessage(error: z.ZodError): string {
  const faults = error.issues.map(issue => `${issue.path.join('.') || 'request'}: ${issue.message}`);
  return [...new Set(faults)].join('; ');
}

/** Fastify's own refusals (a body too large, broken JSON, a bad URL) carry their status. */
function clientStatus(error: unknown): number | undefined {
  if (typeof error !== 'object' || error === null || !('statusCode' in error)) return undefined;
  const status = error.statusCode;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
