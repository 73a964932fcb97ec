import type { OrmRewrite } from './rewrite.js';

export const mikroOrm: OrmRewrite = {
  orm: 'mikro-orm',
  title: 'MikroORM: populate',
  explanation:
    'Ask for the relation with what it belongs to: MikroORM reads it for all entities at once. The relation must be a property of the entity under this name.',
  withParent: ({ parent, relation }) =>
    `const ${parent.many} = await em.find(${parent.model}, {}, { populate: ['${relation}'] });`,
  byKeys: ({ child, key }) => `const ${child.many} = await em.find(${child.model}, { ${key}: ids });`,
};
