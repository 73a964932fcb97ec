import http from 'node:http';

/** Serves `routes` once `prepare` is done: `/orders` asks in a loop, `/rewritten` as the finding says. */
export function serve(prepare, routes) {
  const server = http.createServer(async (request, response) => {
    try {
      response.end(JSON.stringify(await routes[request.url]()));
    } catch (error) {
      response.statusCode = 500;
      response.end(String(error?.stack));
    }
  });
  prepare().then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
}

/** Tables of the applications on PostgreSQL, each in a schema of its own: orders, and the customer of each. */
export async function fill(query, schema) {
  await query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
  await query(`CREATE SCHEMA ${schema}`);
  await query(`CREATE TABLE ${schema}.customers (id int PRIMARY KEY, name text NOT NULL)`);
  await query(
    `CREATE TABLE ${schema}.orders (id int PRIMARY KEY, customer_id int NOT NULL REFERENCES ${schema}.customers)`,
  );
  await query(`INSERT INTO ${schema}.customers SELECT n, 'customer ' || n FROM generate_series(1, 12) AS n`);
  await query(`INSERT INTO ${schema}.orders SELECT n, n FROM generate_series(1, 12) AS n`);
}

/** The server's address, with `schema` as where its tables are looked for. */
export function urlOf(schema) {
  const url = new URL(process.env.DATABASE_URL);
  url.searchParams.set('options', `-c search_path=${schema}`);
  return url.href;
}
