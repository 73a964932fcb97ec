import { ParseError, QueryError } from '@bellwether/promql';
import { ReadFailure, errorAnswer } from './failure.js';
import type { Answer } from './question.js';

/** What went wrong with a question; undefined: a mistake of ours. `parameter` names where the query's text came from. */
export function failureAnswer(error: unknown, parameter: string): Answer | undefined {
  if (error instanceof ParseError) return errorAnswer('bad_data', named(error.message, parameter));
  if (error instanceof QueryError) {
    return errorAnswer(error.kind, error.kind === 'bad_data' ? named(error.message, parameter) : error.message);
  }
  if (error instanceof ReadFailure) return errorAnswer(error.errorType, error.message);
  return undefined;
}

/** The message with the parameter that is wrong, unless it names one itself. */
function named(message: string, parameter: string): string {
  return message.startsWith('invalid parameter ') ? message : `invalid parameter "${parameter}": ${message}`;
}
