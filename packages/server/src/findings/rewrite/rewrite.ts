import type { Relation } from './relation.js';

/** How to mend N+1 queries with one library. */
export interface OrmRewrite {
  /** As the SDK calls it in `bellwether.orm.name`; or the driver's database. */
  readonly orm: string;
  readonly title: string;
  /** Why that is one query, or two, in place of many. */
  readonly explanation: string;
  /** When what was read before is known. */
  withParent(relation: Relation & { readonly parent: NonNullable<Relation['parent']> }): string;
  /** When only the keys are. */
  byKeys(relation: Relation): string;
}
