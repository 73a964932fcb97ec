import http from 'node:http';
import { EntitySchema, MikroORM } from '@mikro-orm/core';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';

const User = new EntitySchema({
  name: 'User',
  tableName: 'mikro_users',
  properties: { id: { type: 'number', primary: true }, mail: { type: 'string' } },
});
let orm;

async function loop() {
  const found = [];
  for (const id of [1, 2, 3, 1, 2, 3]) found.push(await orm.em.fork().findOne('User', { id }));
  return found.length;
}

const routes = {
  '/find': async () => (await orm.em.fork().find('User', { mail: 'secret-1' })).length,
  '/create': async () => (await orm.em.fork().insert('User', { mail: 'secret-new' })) > 0,
  '/loop': loop,
};

async function prepare() {
  orm = await MikroORM.init({
    driver: PostgreSqlDriver,
    clientUrl: process.env.DATABASE_URL,
    dbName: 'postgres',
    entities: [User],
    pool: { max: 2 },
  });
  const connection = orm.em.getConnection();
  await connection.execute('DROP TABLE IF EXISTS mikro_users');
  await connection.execute('CREATE TABLE mikro_users (id serial PRIMARY KEY, mail text)');
  for (const n of [1, 2, 3]) await orm.em.fork().insert('User', { mail: `secret-${n}` });
}

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error?.stack));
  }
});
prepare().then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
