import http from 'node:http';
import { DatabaseSync } from 'node:sqlite';

const db = new DatabaseSync(process.env.DATABASE_FILE);
db.exec('CREATE TABLE users (id INTEGER PRIMARY KEY, mail TEXT UNIQUE)');
const byId = db.prepare('SELECT mail FROM users WHERE id = ?');
const add = db.prepare('INSERT INTO users (mail) VALUES (?)');

const routes = {
  '/exec': () => db.exec("INSERT INTO users (mail) VALUES ('secret-a'), ('secret-b'), ('secret-c')"),
  '/run': () => Number(add.run('secret-d').changes),
  '/get': () => byId.get(1),
  '/all': () => db.prepare("SELECT id FROM users WHERE mail <> 'secret-x'").all().length,
  '/iterate': () => [...db.prepare('SELECT id, mail FROM users').iterate()].length,
  '/left': () => {
    for (const row of db.prepare('SELECT id FROM users ORDER BY id').iterate()) return row.id;
  },
  '/error': () => add.run('secret-a'),
  '/nowhere': () => db.prepare('SELECT * FROM nowhere'),
  '/loop': () => [1, 2, 3, 4, 5, 6].map(id => byId.get(id)).length,
  '/slow': () =>
    db
      .prepare('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?) SELECT count(*) FROM n')
      .get(2_000_000),
};

const server = http.createServer((request, response) => {
  try {
    response.end(JSON.stringify(routes[request.url]() ?? null));
  } catch (error) {
    response.end(String(error.code));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
