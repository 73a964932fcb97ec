import type { OrmRewrite } from './rewrite.js';

export const prisma: OrmRewrite = {
  orm: 'prisma',
  title: 'Prisma: include',
  explanation:
    'Ask for the relation with what it belongs to: Prisma reads it for all rows at once. The relation must stand in the schema under this name.',
  withParent: ({ parent, relation }) =>
    `const ${parent.many} = await prisma.${parent.one}.findMany({ include: { ${relation}: true } });`,
  byKeys: ({ child, key }) =>
    `const ${child.many} = await prisma.${child.one}.findMany({ where: { ${key}: { in: ${plain(key)}s } } });`,
};

/** `orderId` of `order_id` */
function plain(key: string): string {
  return key.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
}
