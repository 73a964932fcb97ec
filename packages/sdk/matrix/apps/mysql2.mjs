import http from 'node:http';
import mysql from 'mysql2';
import mysqlPromise from 'mysql2/promise';

const uri = process.env.DATABASE_URL;
const pool = mysql.createPool({ uri, connectionLimit: 2 });
const promised = mysqlPromise.createPool({ uri, connectionLimit: 2, queueLimit: 20 });

const rows = () =>
  new Promise((resolve, reject) => {
    pool.query('SELECT id FROM users WHERE id > ? AND mail <> ?', [0, 'secret@a.b'], (error, result) =>
      error ? reject(error) : resolve(result),
    );
  });

/** Rows one by one, as events. */
const events = () =>
  new Promise((resolve, reject) => {
    pool.getConnection((failed, connection) => {
      if (failed) return reject(failed);
      let count = 0;
      const query = connection.query('SELECT id, "secret" FROM users');
      query.on('result', () => count++);
      query.on('error', reject);
      query.on('end', () => {
        connection.release();
        resolve(count);
      });
    });
  });

const routes = {
  '/callback': rows,
  '/promise': async () =>
    (await promised.query('UPDATE users SET mail = ? WHERE id = ?', ['secret', 1]))[0].affectedRows,
  '/execute': async () => (await promised.execute('SELECT mail FROM users WHERE id = ?', [2]))[0].length,
  '/events': events,
  '/prepare-fails': () => promised.execute('SELECT * FROM nowhere WHERE a = ?', [1]).catch(error => error.code),
  '/error': () => promised.query('SELECT * FROM nowhere').catch(error => error.code),
  '/slow': async () => (await promised.query("SELECT SLEEP(0.15), 'secret' AS slow"))[0].length,
  '/heavy': async () => {
    const text = 'SELECT COUNT(*) AS n FROM seq_1_to_8000000 AS n, users WHERE n.seq % 7 = 3 AND mail <> ?';
    const [rows] = await promised.query(text, ['secret']);
    await new Promise(resolve => setTimeout(resolve, 300));
    return rows[0].n;
  },
  '/nested': () => Promise.all(Array.from({ length: 10 }, () => promised.query('SELECT SLEEP(0.002) AS nested'))),
};

async function prepare() {
  await promised.query('CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY, mail varchar(99))');
  await promised.query("INSERT IGNORE INTO users VALUES (1, 'a'), (2, 'b'), (3, 'c')");
  await promised.query('ANALYZE TABLE users');
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
