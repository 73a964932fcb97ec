import type { Relation } from './relation.js';
import type { OrmRewrite } from './rewrite.js';

export const knex: OrmRewrite = {
  orm: 'knex',
  title: 'Knex: whereIn',
  explanation: 'Collect the keys first, ask for all of them at once, and look each up in a map.',
  withParent: relation => `${idsOf(relation)}\n${knex.byKeys(relation)}`,
  byKeys: ({ child, key }) => `const ${child.many} = await db('${child.table}').whereIn('${key}', ids);`,
};

/** The keys that the rows of the parent have. */
export function idsOf({ parent, child, isToOne }: Relation): string {
  if (parent === undefined) return '';
  return `const ids = ${parent.many}.map(${parent.one} => ${parent.one}.${isToOne ? `${child.one}_id` : 'id'});`;
}
