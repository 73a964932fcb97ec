import { ParseError, QueryError } from '@bellwether/promql';
import { ReadFailure, errorAnswer } from './failure.js';
import type { Answer } from './question.js';

/** What went wrong with a question; undefined: a mistake of ours. `parameter` names where the query's text came from. */
export function failureAnswer(error: unknown, parameter: string): Answer | undefined {
  if (error instanceof ParseError) return errorAnswer('bad_data', `invalid parameter "${parameter}": ${error.message}`);
  if (error instanceof QueryError) return errorAnswer(error.kind, error.message);
  if (error instanceof ReadFailure) return errorAnswer(error.errorType, error.message);
  return undefined;
}
