import type { FindingRewrite } from '@bellwether/model';
import type { FindingKind } from '../detector.js';
import { shortPlace } from '../short-place.js';
import { dataLoaderRewrite } from './data-loader.js';
import { ormRewrites } from './list.js';
import { relationOf } from './relation.js';

type Facts = Readonly<Record<string, string>>;

/** How to mend a finding, the best way first. */
export function rewritesOf(kind: FindingKind, facts: Facts): readonly FindingRewrite[] {
  return kind === 'n-plus-one-sql' ? queryRewrites(facts) : [adviceOf[kind](facts)];
}

function queryRewrites(facts: Facts): readonly FindingRewrite[] {
  const relation = relationOf(facts);
  const general = {
    title: 'Ask once',
    explanation:
      'Collect the keys, read all rows with one statement (`WHERE key IN (...)`), and look each up in a map.',
    code: '',
  };
  if (relation === undefined) return [general];
  const { orm, system, parent } = relation;
  const way = ormRewrites.find(one => one.orm === (orm === '' ? (system === 'mariadb' ? 'mysql' : system) : orm));
  const loader = {
    title: 'DataLoader',
    explanation:
      'Where the code never sees the whole list, as in GraphQL resolvers: lookups of one turn of the event loop are collected and asked for at once.',
    code: dataLoaderRewrite(relation),
  };
  if (way === undefined) return [general, loader];
  const code = parent === undefined ? way.byKeys(relation) : way.withParent({ ...relation, parent });
  return [{ title: way.title, explanation: way.explanation, code }, loader];
}

const adviceOf: { readonly [Kind in Exclude<FindingKind, 'n-plus-one-sql'>]: (facts: Facts) => FindingRewrite } = {
  'n-plus-one-http': ({ request = '' }) => ({
    title: 'Ask for many at once',
    explanation:
      'If the service has a request for several ids, send one; if it is yours, give it one. Otherwise let a few run at a time, so that a long list does not take as long as all of them.',
    code: `const found = await fetchMany(ids); // one request in place of: ${request}`,
  }),
  'n-plus-one-cache': ({ operation = 'get', instead = 'MGET', pattern = '' }) => ({
    title: `Read all keys at once: ${instead}`,
    explanation:
      'Each read is a trip to the cache and back. One command, or one pipeline, takes one trip for all of them.',
    code:
      operation === 'get'
        ? `const values = await redis.mget(ids.map(id => \`${/[?*]/.test(pattern) ? pattern.replace(/[?*]/, '${id}') : 'key:${id}'}\`));`
        : `const pipeline = redis.pipeline();\nfor (const id of ids) pipeline.${operation}(keyOf(id));\nconst results = await pipeline.exec();`,
  }),
  'sequential-awaits': ({ names = '' }) => {
    const list = names.split('\n').filter(name => name !== '');
    const calls = list.map(name => `  ${identifier(name)}(), // ${name}`).join('\n');
    return {
      title: 'Start them together: Promise.all',
      explanation:
        'None of these calls needs what another brings. Started together, they take as long as the longest of them.',
      code: `const [${list.map(name => identifier(name)).join('Result, ')}Result] = await Promise.all([\n${calls}\n]);`,
    };
  },
  'slow-query': ({ table = '', qualifiedTable = table, keys = '', system = '' }) => ({
    title: 'Look at its plan; an index may be missing',
    explanation:
      'The plan tells whether the whole table is read. With `explainSlowQueries` the SDK sends it with each slow query. An index on the columns that are compared is the usual remedy.',
    code:
      table === '' || keys === '' || /mongo/.test(system)
        ? ''
        : `CREATE INDEX CONCURRENTLY ON ${qualifiedTable} (${keys.split(',').join(', ')});`.replace(
            /postgresql/.test(system) ? '' : ' CONCURRENTLY',
            '',
          ),
  }),
  'unbounded-result': ({ orm = '', model = '', table = '', qualifiedTable = table }) => ({
    title: 'Bound it',
    explanation:
      'The table grows, and this read grows with it. Read a page at a time, or the columns and rows that are needed; for a whole table use a cursor.',
    code: pageOf(orm, model, table, qualifiedTable),
  }),
  'missing-pagination': ({ orm = '', model = '', table = '', qualifiedTable = table }) => ({
    title: 'Answer in pages',
    explanation:
      'Take a limit and the last id of the page before, with a limit of your own as the upper bound, and tell the caller where the next page begins.',
    code: pageOf(orm, model, table, qualifiedTable),
  }),
  'chatty-service': ({ host = '', peer = host }) => ({
    title: 'Say more with fewer requests',
    explanation: `Look for requests of ${peer} that expand or take several things at once, keep what rarely changes in a cache, and start together what does not depend on each other.`,
    code: '',
  }),
  'retry-storm': () => ({
    title: 'Give the other side time',
    explanation:
      'Wait longer after each failure, with some chance in it, give up after a few tries, and do not retry at every layer: a service that is down gets more requests than one that is up.',
    code: `for (let attempt = 0; ; attempt++) {
  try {
    return await call();
  } catch (error) {
    if (attempt === 3) throw error;
    await setTimeout(Math.random() * 200 * 2 ** attempt);
  }
}`,
  }),
  'pool-starvation': ({ pool = '' }) => ({
    title: 'Hold connections for less time',
    explanation: `Requests wait until somebody gives a connection of ${pool || 'the pool'} back. Look for transactions that stay open while something else is awaited, and for connections that are not released when there is an error; then for a larger pool.`,
    code: '',
  }),
  'blocked-event-loop': ({ place = '' }) => ({
    title: 'Do it elsewhere, or in pieces',
    explanation: `While ${shortPlace(place) || 'this'} computes, no other request of the process goes on. Move it to a worker thread, or give the others a turn between pieces.`,
    code: `for (const [i, item] of items.entries()) {\n  work(item);\n  if (i % 100 === 99) await setImmediate(); // of node:timers/promises\n}`,
  }),
  'oversized-payload': ({ what = 'answer', bytes = '0' }) => ({
    title: 'Send less',
    explanation: `This ${what} has ${Math.round(Number(bytes) / 1024)} KiB. Leave out fields that nobody reads, answer in pages, and hand over files by their address in place of their content.`,
    code: '',
  }),
};

/** `ordersUsers` of `SELECT orders users`: a name for a call in an example. */
function identifier(name: string): string {
  const words = name
    .replace(/^[A-Z]+ /, '')
    .split(/\W+/)
    .filter(word => /^[a-z]/i.test(word))
    .slice(-2);
  return (
    words.map((word, i) => (i === 0 ? word.toLowerCase() : word.charAt(0).toUpperCase() + word.slice(1))).join('') ||
    'read'
  );
}

function pageOf(orm: string, model: string, table: string, qualifiedTable: string): string {
  const relation = relationOf({ table: table || 'rows', model, keys: 'id' });
  const { one = 'row', many = 'rows', model: name = 'Row' } = relation?.child ?? {};
  switch (orm) {
    case 'prisma':
      return `const ${many} = await prisma.${one}.findMany({ take: 100, skip: 1, cursor: { id: lastId }, orderBy: { id: 'asc' } });`;
    case 'drizzle':
      return `const page = await db.select().from(${many}).where(gt(${many}.id, lastId)).orderBy(${many}.id).limit(100);`;
    case 'typeorm':
      return `const ${many} = await dataSource.getRepository(${name}).find({ where: { id: MoreThan(lastId) }, order: { id: 'ASC' }, take: 100 });`;
    case 'sequelize':
      return `const ${many} = await ${name}.findAll({ where: { id: { [Op.gt]: lastId } }, order: ['id'], limit: 100 });`;
    case 'mikro-orm':
      return `const ${many} = await em.find(${name}, { id: { $gt: lastId } }, { orderBy: { id: 'asc' }, limit: 100 });`;
    case 'mongoose':
      return `const ${many} = await ${name}.find({ _id: { $gt: lastId } }).sort({ _id: 1 }).limit(100);`;
    case 'knex':
      return `const ${many} = await db('${qualifiedTable}').where('id', '>', lastId).orderBy('id').limit(100);`;
    default:
      return `SELECT * FROM ${qualifiedTable || 'rows'} WHERE id > $1 ORDER BY id LIMIT 100`;
  }
}
