import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sqlShape } from './sql.js';

test.each([
  ['SELECT * FROM orders WHERE id = $1', 'SELECT orders', 'SELECT * FROM orders WHERE id = $1'],
  [
    "select a from public.users u where mail = 'a@b.c' and n > 1.5e3",
    'SELECT users',
    'select a from public.users u where mail = ? and n > ?',
  ],
  ["INSERT INTO items (a, b) VALUES (1, 'x'), (2, 'y')", 'INSERT items', 'INSERT INTO items (a, b) VALUES (?)'],
  [
    'UPDATE "Order" SET paid = true WHERE id IN (1, 2, 3)',
    'UPDATE Order',
    'UPDATE "Order" SET paid = true WHERE id IN (?)',
  ],
  ['DELETE FROM carts -- the old ones\nWHERE age > 90', 'DELETE carts', 'DELETE FROM carts WHERE age > ?'],
  ['BEGIN', 'BEGIN', 'BEGIN'],
  ["select $$it's$$, $tag$ secret $tag$, E'a\\'b', '' from t", 'SELECT t', 'select ?, ?, ?, ? from t'],
  ["select 'unterminated and secret", 'SELECT', 'select ?'],
  ['/* app */ select 1 from generate_series(1, 5)', 'SELECT', 'select ? from generate_series(?, ?)'],
  ['', 'QUERY', ''],
])('%j is "%s" [D4]', (sql, summary, text) => {
  const shape = sqlShape(sql);
  expect([shape.summary, shape.text]).toEqual([summary, text]);
});

test.each([
  [
    'select o.id from orders o join customers c on c.id = o.c_id left join items i on true',
    'SELECT orders customers items',
  ],
  ['with due as (select 1 from jobs for update skip locked) update tasks set a = 1 from due', 'UPDATE jobs tasks'],
  ['select extract(epoch from created) from t', 'SELECT t'],
  ['select * from a, b where x = 1', 'SELECT a b'],
  ['select id from jobs where done = false for update skip locked limit 1', 'SELECT jobs'],
  ['insert into t (a) values ($1) on conflict (a) do update set a = excluded.a', 'INSERT t'],
])('%j acts on what "%s" says [D1]', (sql, summary) => {
  expect(sqlShape(sql).summary).toBe(summary);
});

test('no literal survives, wherever it stands and whatever is in it [D4]', () => {
  const secret = fc.stringMatching(/^SECRET[a-z]{4,12}$/);
  const around = fc.string({ maxLength: 20 });
  fc.assert(
    fc.property(secret, around, around, (secret, before, after) => {
      const quoted = `'${`${before}${secret}${after}`.replaceAll("'", "''").replaceAll('\\', '')}'`;
      expect(sqlShape(`select a from t where x = ${quoted} and y = 2`).text).toBe(
        'select a from t where x = ? and y = ?',
      );
    }),
  );
});

test('any text is read without throwing or hanging', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => void sqlShape(text)),
    { numRuns: 500 },
  );
  expect(sqlShape("'".repeat(20_000)).text.length).toBeLessThan(9000);
});
