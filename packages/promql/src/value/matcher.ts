export type MatchOp = '=' | '!=' | '=~' | '!~';

/** A condition on one label of a series. A label that is not there counts as ''. */
export interface Matcher {
  readonly name: string;
  readonly op: MatchOp;
  readonly value: string;
}
