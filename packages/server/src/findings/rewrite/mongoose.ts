import type { OrmRewrite } from './rewrite.js';

export const mongoose: OrmRewrite = {
  orm: 'mongoose',
  title: 'mongoose: populate',
  explanation:
    'Let mongoose fetch what is referred to: it asks once, for all ids. The path must have a `ref` in the schema and this name.',
  withParent: ({ parent, relation }) => `const ${parent.many} = await ${parent.model}.find().populate('${relation}');`,
  byKeys: ({ child, key }) => `const ${child.many} = await ${child.model}.find({ ${key}: { $in: ids } });`,
};
