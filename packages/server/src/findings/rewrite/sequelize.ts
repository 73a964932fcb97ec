import type { OrmRewrite } from './rewrite.js';

export const sequelize: OrmRewrite = {
  orm: 'sequelize',
  title: 'Sequelize: include',
  explanation:
    'Ask for the associated model with what it belongs to: Sequelize joins both in one statement. The association (`belongsTo`, `hasMany`) must be declared.',
  withParent: ({ parent, child }) =>
    `const ${parent.many} = await ${parent.model}.findAll({ include: ${child.model} });`,
  byKeys: ({ child, key }) => `const ${child.many} = await ${child.model}.findAll({ where: { ${key}: ids } });`,
};
