import type { Answer } from './question.js';

export type ErrorType = 'bad_data' | 'execution' | 'timeout' | 'canceled' | 'unavailable' | 'internal' | 'not_found';

const statuses: Readonly<Record<ErrorType, number>> = {
  bad_data: 400,
  execution: 422,
  timeout: 503,
  canceled: 503,
  unavailable: 503,
  internal: 500,
  not_found: 404,
};

/** A refusal of the store while a question was answered; made again in the thread that asked. */
export class ReadFailure extends Error {
  override readonly name = 'ReadFailure';
  constructor(
    message: string,
    readonly errorType: ErrorType,
  ) {
    super(message);
  }
}

/** An error as Prometheus' API tells it. */
export function errorAnswer(errorType: ErrorType, message: string): Answer {
  const body = JSON.stringify({ status: 'error', errorType, error: message });
  return { status: statuses[errorType], body: new TextEncoder().encode(body) };
}
