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

test.each([
  [
    'select `name` from `shop`.`users` where mail = "a@b.c" # why',
    'SELECT users',
    'select `name` from `shop`.`users` where mail = ?',
  ],
  ['select \'it\\\'s secret\', "say \\"secret\\"" from t', 'SELECT t', 'select ?, ? from t'],
  ["select /*!50001 STRAIGHT_JOIN 'secret' */ a from t /* gone */", 'SELECT t', 'select STRAIGHT_JOIN ? a from t'],
  [
    "insert into `a``b` values (_utf8'secret', x'00ff', N'secret')",
    'INSERT a``b',
    'insert into `a``b` values (_utf8?, ?, ?)',
  ],
  ["select 'secret\\", 'SELECT', 'select ?'],
  ['select a from t where x in (1,2, 3) -- secret\nlimit 5', 'SELECT t', 'select a from t where x in (?) limit ?'],
])('MySQL: %j is "%s" [D4]', (sql, summary, text) => {
  const shape = sqlShape(sql, 'mysql');
  expect([shape.summary, shape.text]).toEqual([summary, text]);
});

test.each([
  ['select [a b] from [my table] where "id" = ?', 'SELECT my table', 'select [a b] from [my table] where "id" = ?'],
  [
    'select "a"."id" from "a" join "b" on "a"."id" = "b"."aId"',
    'SELECT a b',
    'select "a"."id" from "a" join "b" on "a"."id" = "b"."aId"',
  ],
  [
    'select a from t where mail = "secret" or b like "secret"',
    'SELECT t',
    'select a from t where mail = ? or b like ?',
  ],
  ["select x'00', 'it''s' from t where a = :id", 'SELECT t', 'select ?, ? from t where a = :id'],
])('SQLite: %j is "%s" [D4]', (sql, summary, text) => {
  const shape = sqlShape(sql, 'sqlite');
  expect([shape.summary, shape.text]).toEqual([summary, text]);
});

test.each([
  ['select 1 /* a /* secret */ secret */ from t', 'select ? from t'],
  ["select E'secret\\", 'select ?'],
  ["select $a$ $b$ secret $a$, U&'secret' from t", 'select ?, ? from t'],
  ["/*traceparent='00-1-2-01',route='secret'*/ select a from t", 'select a from t'],
])('PostgreSQL: %j is %j [D4]', (sql, text) => {
  expect(sqlShape(sql).text).toBe(text);
});

/** A literal with a secret in it, in the quoting of a database. */
const literals = {
  postgresql: fc.constantFrom("'", "E'", '$$', '$tag$'),
  mysql: fc.constantFrom("'", '"', "N'"),
  sqlite: fc.constantFrom("'"),
};

test.each(['postgresql', 'mysql', 'sqlite'] as const)(
  '%s: no literal survives between comments, identifiers and other literals, whatever is around it or cut off [D4]',
  dialect => {
    const around = fc.string({
      unit: fc.constantFrom('a', ' ', '"', '`', '$', '/', '*', '-', '#', '[', '(', '\n', '1'),
      maxLength: 12,
    });
    fc.assert(
      fc.property(literals[dialect], around, around, fc.nat(40), (open, before, after, cut) => {
        const close = open.startsWith('$') ? open : open.slice(-1);
        const inside = `${before}SECRET${after}`.replaceAll(close, '').replaceAll('$', '');
        const sql = `select a /* c */ from t where x = ${open}${inside}${close} and y = 2 -- end`;
        expect(sqlShape(sql, dialect).text).toBe('select a from t where x = ? and y = ?');
        expect(sqlShape(sql.slice(0, sql.length - cut), dialect).text).not.toContain('SECRET');
      }),
      { numRuns: 500 },
    );
  },
);

test('any text is read without throwing or hanging', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), text => {
      for (const dialect of ['postgresql', 'mysql', 'sqlite'] as const) sqlShape(text, dialect);
    }),
    { numRuns: 500 },
  );
  expect(sqlShape("'".repeat(20_000)).text.length).toBeLessThan(9000);
});

test('a text of any length takes time in proportion to the 8 KB that are read of it', () => {
  const nasty = ["'", '"', '`', '/*', '$a$', '(', '1,', "E'\\", '[', 'a.', '--', '#', 'from extract('];
  const startedMs = process.cpuUsage().user / 1000;
  for (const dialect of ['postgresql', 'mysql', 'sqlite'] as const)
    for (const piece of nasty) sqlShape(piece.repeat(100_000), dialect);
  expect(process.cpuUsage().user / 1000 - startedMs).toBeLessThan(4000);
});
