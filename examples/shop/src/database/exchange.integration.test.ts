import { setTimeout as sleep } from 'node:timers/promises';
import { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startEmbedded, type EmbeddedDatabase } from './embedded.js';
import { writeSnapshot } from './snapshot.js';

const connections = 8;
let database: EmbeddedDatabase;
let pool: Pool;

beforeAll(async () => {
  await writeSnapshot();
  database = await startEmbedded();
  pool = new Pool({ connectionString: database.url, max: connections });
  await Promise.all(Array.from({ length: connections }, () => pool.query('SELECT pg_sleep(0.01)')));
});

afterAll(async () => {
  await pool?.end();
  await database?.stop();
});

test('clients that wait for the end of a transaction each get their own rows', async () => {
  const busy = await pool.connect();
  await busy.query('BEGIN');
  const asked = Array.from({ length: 60 }, (_, i) => i);
  const answers = asked.map(async i => {
    const sql = i % 2 === 0 ? 'SELECT $1::int AS even' : 'SELECT $1::int + 0 AS odd, 1 AS more';
    return (await pool.query<Record<string, number>>(sql, [i])).rows[0];
  });
  await sleep(50);
  await busy.query('COMMIT');
  busy.release();
  expect(await Promise.all(answers)).toEqual(asked.map(i => (i % 2 === 0 ? { even: i } : { odd: i, more: 1 })));
});

test('a failed statement harms no other client', async () => {
  const results = await Promise.allSettled(
    Array.from({ length: 60 }, (_, i) =>
      i % 3 === 0 ? pool.query('SELECT 1 / $1::int', [0]) : pool.query('SELECT $1::int AS n', [i]),
    ),
  );
  expect(results.filter(one => one.status === 'rejected')).toHaveLength(20);
  expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }]);
});

test('a client that dies in a transaction does not keep the others waiting', async () => {
  const dying = await pool.connect();
  await dying.query('BEGIN');
  await dying.query(`INSERT INTO shop.partners VALUES ('gone', 'Gone', 1)`);
  const others = pool.query(`SELECT count(*)::int AS n FROM shop.partners WHERE id = 'gone'`);
  dying.release(new Error('its process was killed'));
  expect((await others).rows).toEqual([{ n: 0 }]);
});
