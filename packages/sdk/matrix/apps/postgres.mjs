import http from 'node:http';
import postgres from 'postgres';

const sql = postgres(process.env.DATABASE_URL, { max: 2, fetch_types: false, onnotice: () => {} });

async function cursor() {
  let count = 0;
  for await (const rows of sql`SELECT id FROM people ORDER BY id`.cursor(2)) count += rows.length;
  return count;
}

const routes = {
  '/tagged': async () => (await sql`SELECT id FROM people WHERE mail <> ${'secret'} AND id > ${0}`).length,
  '/parts': async () => (await sql`SELECT ${sql(['id', 'mail'])} FROM ${sql('people')} WHERE id = ${1}`).length,
  '/unsafe': async () => (await sql.unsafe("SELECT 'secret' AS unsafe")).length,
  '/insert': async () => (await sql`INSERT INTO people ${sql({ id: 9, mail: 'secret' })}`).count,
  '/begin': () => sql.begin(async tx => (await tx`UPDATE people SET mail = ${'secret'} WHERE id < ${3}`).count),
  '/cursor': cursor,
  '/error': () => sql`SELECT * FROM nowhere`.catch(error => error.code),
  '/slow': async function slowReport() {
    return (await sql`SELECT pg_sleep(0.15), 'secret' AS slow`).length;
  },
};

async function prepare() {
  await sql`CREATE TABLE IF NOT EXISTS people (id int PRIMARY KEY, mail text)`;
  await sql`DELETE FROM people`;
  await sql`INSERT INTO people VALUES (1, 'a'), (2, 'b'), (3, 'c')`;
}

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
prepare().then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
