/** What is searched: the same language, with fields of its own for each. */
export type SearchSignal = 'spans' | 'logs';

/** Where in the text something stands, in UTF-16 units: `from` included, `to` excluded. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/**
 * A value to compare with. One piece is an exact text; more pieces are the texts around wildcards:
 * `/orders/*` is `['/orders/', '']`.
 */
export type Pattern = readonly [string, ...string[]];

/** A key of the query, resolved: a built-in field of the signal, an attribute, or a resource attribute. */
export type FieldRef =
  | { readonly source: 'builtin'; readonly key: string }
  /** The span's or log's own attribute; where it is absent, the resource's. */
  | { readonly source: 'attribute'; readonly key: string }
  | { readonly source: 'resource'; readonly key: string };

export type CompareOperator = '>' | '>=' | '<' | '<=';

export type SearchNode =
  /** The empty query. */
  | { readonly kind: 'everything' }
  | { readonly kind: 'and'; readonly nodes: readonly SearchNode[] }
  | { readonly kind: 'or'; readonly nodes: readonly SearchNode[] }
  | { readonly kind: 'not'; readonly node: SearchNode }
  | { readonly kind: 'text'; readonly pattern: Pattern; readonly place: Place }
  | { readonly kind: 'has'; readonly field: FieldRef; readonly place: Place }
  /** The field equals one of the patterns. */
  | {
      readonly kind: 'match';
      readonly field: FieldRef;
      readonly patterns: readonly [Pattern, ...Pattern[]];
      readonly place: Place;
    }
  | {
      readonly kind: 'compare';
      readonly field: FieldRef;
      readonly operator: CompareOperator;
      /** As it was written, with its unit. */
      readonly text: string;
      /** Nanoseconds for durations, the severity number for levels, else the number itself. */
      readonly number: number;
      readonly place: Place;
    };

/** The query can not be read; `message` says what to write instead. */
export class SearchError extends Error {
  override readonly name = 'SearchError';

  constructor(
    message: string,
    readonly place: Place,
  ) {
    super(message);
  }
}
