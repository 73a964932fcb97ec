import type { OrmRewrite } from './rewrite.js';

export const typeorm: OrmRewrite = {
  orm: 'typeorm',
  title: 'TypeORM: relations',
  explanation:
    'Ask for the relation with what it belongs to: TypeORM joins both in one statement. The relation must be a column of the entity under this name.',
  withParent: ({ parent, relation }) =>
    `const ${parent.many} = await dataSource.getRepository(${parent.model}).find({ relations: { ${relation}: true } });`,
  byKeys: ({ child, key }) =>
    `const ${child.many} = await dataSource.getRepository(${child.model}).findBy({ ${key}: In(ids) });`,
};
