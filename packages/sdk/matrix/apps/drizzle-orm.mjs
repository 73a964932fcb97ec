import http from 'node:http';
import { eq } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { pgTable, serial, text } from 'drizzle-orm/pg-core';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 });
const db = drizzle(pool);
const users = pgTable('drizzle_users', { id: serial('id').primaryKey(), mail: text('mail') });

async function loop() {
  const found = [];
  for (const id of [1, 2, 3, 1, 2, 3]) found.push(await db.select().from(users).where(eq(users.id, id)));
  return found.length;
}

const routes = {
  '/find': async () => (await db.select().from(users).where(eq(users.mail, 'secret-1'))).length,
  '/create': async () => (await db.insert(users).values({ mail: 'secret-new' }).returning()).length,
  '/loop': loop,
};

async function prepare() {
  await pool.query('DROP TABLE IF EXISTS drizzle_users');
  await pool.query('CREATE TABLE drizzle_users (id serial PRIMARY KEY, mail text)');
  await db.insert(users).values([1, 2, 3].map(n => ({ mail: `secret-${n}` })));
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
