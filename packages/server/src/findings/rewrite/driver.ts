import { idsOf } from './knex.js';
import type { Relation } from './relation.js';
import type { OrmRewrite } from './rewrite.js';

/** For PostgreSQL without an ORM. */
export const postgresql: OrmRewrite = {
  orm: 'postgresql',
  title: 'pg: = ANY($1)',
  explanation: 'Collect the keys first, give the statement all of them as one array, and look each up in a map.',
  withParent: relation => `${idsOf(relation)}\n${postgresql.byKeys(relation)}`,
  byKeys: relation =>
    `const { rows: ${relation.child.many} } = await pool.query('${withList(relation, '= ANY($1)')}', [ids]);`,
};

/** For MySQL and MariaDB without an ORM. */
export const mysql: OrmRewrite = {
  orm: 'mysql',
  title: 'mysql2: IN (?)',
  explanation: 'Collect the keys first, give the statement all of them as one list, and look each up in a map.',
  withParent: relation => `${idsOf(relation)}\n${mysql.byKeys(relation)}`,
  byKeys: relation => `const [${relation.child.many}] = await pool.query('${withList(relation, 'IN (?)')}', [ids]);`,
};

/** For MongoDB without mongoose. */
export const mongodb: OrmRewrite = {
  orm: 'mongodb',
  title: 'MongoDB: $in',
  explanation: 'Collect the keys first, ask for all of them at once, and look each up in a map.',
  withParent: relation => `${idsOf(relation)}\n${mongodb.byKeys(relation)}`,
  byKeys: ({ child, key }) =>
    `const ${child.many} = await db.collection('${child.table}').find({ ${key}: { $in: ids } }).toArray();`,
};

/** The statement itself, with `how` in place of the comparison with one key. */
function withList({ statement, key, child }: Relation, how: string): string {
  const plain = statement.replaceAll('"', '').replaceAll('`', '').replaceAll("'", '');
  const compared = new RegExp(String.raw`(\b${key}\b)\s*=\s*(?:\?|\$1)(?!\d)`, 'i');
  if (plain.length > 400 || !compared.test(plain) || /\$2/.test(plain))
    return `SELECT * FROM ${child.table} WHERE ${key} ${how}`;
  return plain.replace(compared, `$1 ${how.replace('$', '$$$$')}`).replace(/\s+limit\s+(?:\?|\d+|\$\d+)\s*$/i, '');
}
