import pg from 'pg';
import http from 'node:http';
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 4 });
await pool.query('SELECT 1');
const one = async () => {
  for (let n = 0; n < 3; n++) await pool.query('SELECT $1::int AS id, $2::text AS mail', [n, 'x']);
};
const server = http.createServer(async (_q, r) => {
  await one();
  r.end('ok');
});
server.listen(0, '127.0.0.1');
await new Promise(r => server.on('listening', r));
process.send(server.address().port);
process.on('message', m => {
  if (m === 'cpu') process.send(process.cpuUsage());
});
