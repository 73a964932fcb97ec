/** Why a query has no result; the HTTP API turns each into Prometheus' status and errorType. */
export type QueryErrorKind = 'bad_data' | 'execution' | 'timeout' | 'canceled';

/** A query that can not be answered, with a sentence that says what to change. */
export class QueryError extends Error {
  readonly kind: QueryErrorKind;

  constructor(kind: QueryErrorKind, message: string) {
    super(message);
    this.name = 'QueryError';
    this.kind = kind;
  }
}
