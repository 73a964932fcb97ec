import http from 'node:http';
import knex from 'knex';

const db = knex({ client: 'pg', connection: process.env.DATABASE_URL, pool: { min: 0, max: 2 } });

async function loop() {
  const found = [];
  for (const id of [1, 2, 3, 1, 2, 3]) found.push(await db('knex_users').where({ id }).first());
  return found.length;
}

const routes = {
  '/find': async () => (await db('knex_users').where('mail', 'secret-1')).length,
  '/create': async () => (await db('knex_users').insert({ mail: 'secret-new' }).returning('id')).length,
  '/loop': loop,
};

async function prepare() {
  await db.schema.dropTableIfExists('knex_users');
  await db.schema.createTable('knex_users', table => {
    table.increments('id');
    table.string('mail');
  });
  await db('knex_users').insert([1, 2, 3].map(n => ({ mail: `secret-${n}` })));
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
