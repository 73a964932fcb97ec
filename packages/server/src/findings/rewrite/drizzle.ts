import type { OrmRewrite } from './rewrite.js';

export const drizzle: OrmRewrite = {
  orm: 'drizzle',
  title: 'Drizzle: with',
  explanation:
    'Ask for the relation with what it belongs to: Drizzle reads both with one statement. The relation must stand in the schema (`relations`) under this name.',
  withParent: ({ parent, relation }) =>
    `const ${parent.many} = await db.query.${parent.many}.findMany({ with: { ${relation}: true } });`,
  byKeys: ({ child, key }) =>
    `const found = await db.select().from(${child.many}).where(inArray(${child.many}.${key}, ids));`,
};
