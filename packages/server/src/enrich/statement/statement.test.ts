import fc from 'fast-check';
import { expect, test } from 'vitest';
import { statementShape } from './statement.js';

test.each([
  [
    'postgresql',
    "select a from public.users u where mail = 'a@b.c' and n > 1.5e3",
    'select a from public.users u where mail = ? and n > ?',
    'SELECT users',
  ],
  ['postgresql', 'SELECT * FROM orders WHERE id = $1', 'SELECT * FROM orders WHERE id = $1', 'SELECT orders'],
  ['postgresql', "select $$a$$, $1, $t$ it's $t$, E'a\\'b', '' from c", 'select ?, $1, ?, ?, ? from c', 'SELECT c'],
  [
    'postgresql',
    "select x::int from t where d @> '{}' and a ->> 'k' = any(array[1, 2, 3])",
    'select x::int from t where d @> ? and a ->> ? = any(array[?])',
    'SELECT t',
  ],
  ['postgresql', 'select 1 /* a /* nested */ comment */ from t -- the end', 'select ? from t', 'SELECT t'],
  [
    'mysql',
    "INSERT INTO items (a, b) VALUES (1, 'x'), (2, 'y'), (now(), -3)",
    'INSERT INTO items (a, b) VALUES (?)',
    'INSERT items',
  ],
  [
    'mysql',
    'select * from `t` where a = "it\\"s \'mine\'" and b in (1, 2, 3) # note',
    'select * from `t` where a = ? and b in (?)',
    'SELECT t',
  ],
  ['mysql', "select _utf8mb4'x', x'ff', 0xff, .5, 1e-9", 'select ?, ?, ?, ?, ?', 'SELECT'],
  [
    'sqlite',
    'select "id", "name" from "users" where "name" = "bob" and "x" = \'k\'',
    'select "id", "name" from "users" where "name" = ? and "x" = ?',
    'SELECT users',
  ],
  [
    'mssql',
    "SELECT [a b] FROM [dbo].[order details] WHERE x = N'it''s' AND y = $12.50 AND z = @p1",
    'SELECT [a b] FROM [dbo].[order details] WHERE x = ? AND y = ? AND z = @p1',
    'SELECT order details',
  ],
  [
    '',
    'UPDATE "Order" SET paid = true WHERE id IN (1, 2, 3)',
    'UPDATE "Order" SET paid = true WHERE id IN (?)',
    'UPDATE Order',
  ],
  ['', "MATCH (n:Person {name: 'Bob'}) RETURN n", 'MATCH (n:Person {name: ?}) RETURN n', 'MATCH'],
  ['', 'BEGIN', 'BEGIN', 'BEGIN'],
  ['', '', '', 'QUERY'],
  ['mysql', 'CREATE USER bob IDENTIFIED BY hunter2', 'CREATE USER bob IDENTIFIED BY ?', 'CREATE'],
])('[D4] %s: %j becomes %j, in short %j', (system, sql, text, summary) => {
  const shape = statementShape(sql, system);
  expect([shape.text, shape.summary]).toEqual([text, summary]);
});

test.each([
  ["select 'unterminated and secret", 'select …'],
  ["select a from t where b = 'x\\' and c = 'secret'", 'select a from t where b = …'],
  ['select a from t where b = ‘secret’', 'select a from t where b = …'],
  ["select /* a /* b */ 'secret' */", 'select…'],
  ["select q'[it's a secret]' from dual", 'select …'],
  ['select $tag$ secret', 'select …'],
  ['select \0 secret', 'select …'],
])('[D4] what is doubtful hides all that follows: %j', (sql, text) => {
  expect(statementShape(sql, '').text.replace(' …', '…')).toBe(text.replace(' …', '…'));
});

test.each([
  [
    'select o.id from orders o join customers c on c.id = o.c_id left join items i on true',
    'SELECT',
    'orders',
    'SELECT orders customers items',
  ],
  [
    'with due as (select 1 from jobs for update skip locked) update tasks set a = 1 from due',
    'UPDATE',
    'tasks',
    'UPDATE jobs tasks',
  ],
  ['select extract(epoch from created) from t', 'SELECT', 't', 'SELECT t'],
  ['select * from a, b where x = 1', 'SELECT', 'a', 'SELECT a b'],
  ['insert into t (a) values ($1) on conflict (a) do update set a = excluded.a', 'INSERT', 't', 'INSERT t'],
  ['insert into archive select * from orders', 'INSERT', 'archive', 'INSERT archive orders'],
  ['DELETE FROM carts WHERE age > 90', 'DELETE', 'carts', 'DELETE carts'],
  ['create table if not exists invoices (id int)', 'CREATE', 'invoices', 'CREATE invoices'],
  ['copy carts (a, b) from stdin', 'COPY', 'carts', 'COPY carts'],
  ['call settle(1)', 'CALL', '', 'CALL settle'],
  ['select * from a x, b as y, c where x.id = y.id', 'SELECT', 'a', 'SELECT a b c'],
  ['drop table invoices', 'DROP', 'invoices', 'DROP invoices'],
  ['select count(*) from (select 1 from deep) x', 'SELECT', 'deep', 'SELECT deep'],
])('[D1] [D3] %j', (sql, operation, collection, summary) => {
  expect(statementShape(sql, 'postgresql')).toMatchObject({ operation, collection, summary });
});

test.each([
  [
    '{"find":"users","filter":{"email":"a@b.c","n":{"$in":[1,2,3]}},"$db":"x"}',
    '{"find":"users","filter":{"email":?,"n":{"$in":[?]}},"$db":?}',
    'find users',
  ],
  ['{"insert":"users","documents":[{"a":1},{"a":"b"}]}', '{"insert":"users","documents":[{"a":?}]}', 'insert users'],
  ['db.users.find({email: \'x@y.z\', _id: ObjectId("abc")})', 'db.users.find {"email":?,"_id":?}', 'find users'],
  [
    '[{"$match":{"a":1}},{"$group":{"_id":"$x"}},{"$group":{"_id":"$y"}}]',
    '[{"$match":{"a":?}},{"$group":{"_id":?}}]',
    'command',
  ],
  ['{"a":"x', '{"a":…', 'command'],
  ['{"user a@b.c":1}', '{"?":?}', 'command'],
  ['not json at all', '? ? ? ?', 'command'],
])('[D4] MongoDB: %j becomes %j', (command, text, summary) => {
  const shape = statementShape(command, 'mongodb');
  expect([shape.text, shape.summary]).toEqual([text, summary]);
});

test.each([
  ['SET user:8812:cart secret EX 60', 'SET user:*:cart ?', 'SET user:*:cart'],
  ['get "session:abc def"', 'GET session:*', 'GET session:*'],
  ['AUTH default hunter2', 'AUTH ?', 'AUTH'],
  ['CONFIG SET requirepass hunter2', 'CONFIG SET ?', 'CONFIG SET'],
  ['MULTI\nSET a:1 b\nGET c:2\nEXEC', 'MULTI\nSET a:* ?\nGET c:*\nEXEC', 'MULTI SET GET EXEC'],
  ['PING', 'PING', 'PING'],
])('[D4] Redis: %j becomes %j', (command, text, summary) => {
  const shape = statementShape(command, 'redis');
  expect([shape.text, shape.summary]).toEqual([text, summary]);
});

const systems = ['postgresql', 'mysql', 'sqlite', 'mssql', '', 'mongodb', 'redis'];

const secret = fc.stringMatching(/^SECRET[a-z]{4,12}$/);
const noise = fc.string({ unit: fc.constantFrom(...'ab \'"\\$`[]-/*#;\n:?@%é{}'.split('')), maxLength: 16 });

/** A literal as the dialect writes it, with the secret in it and whatever else around it. */
const literal = (system: string): fc.Arbitrary<string> =>
  fc.tuple(secret, noise, noise, fc.nat(4)).map(([word, before, after, form]) => {
    const inner = `${before}${word}${after}`;
    const single = `'${inner.replaceAll("'", "''")}'`;
    switch (system) {
      case 'postgresql':
        if (form === 0) return `$q$${inner.replaceAll('$', '')}$q$`;
        if (form === 1) return `E'${inner.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
        return form === 2 ? `N${single}` : single;
      case 'mysql':
        return form < 2
          ? `"${inner.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
          : `'${inner.replaceAll('\\', '\\\\').replaceAll("'", form < 4 ? "\\'" : "''")}'`;
      case 'mssql':
        return form === 0 ? `N${single}` : single;
      default:
        return single;
    }
  });

test('[D4] [Q3] no literal of a statement survives, whatever is in it and around it', () => {
  for (const system of ['postgresql', 'mysql', 'sqlite', 'mssql', '']) {
    const values = fc.array(literal(system), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(values, fc.constantFrom('', ' -- it is', ' /* a\' "b */'), fc.nat(3), (given, comment, form) => {
        const list = given.join(', ');
        const sql =
          [
            `SELECT a${comment}\nFROM t WHERE x = ${given.join(' AND y = ')} AND n = 987654321`,
            `INSERT INTO t (a, b)${comment}\nVALUES (${list}), (${list}, 987654321)`,
            `UPDATE t SET a = ${given[0]} WHERE b IN (${list})${comment}`,
            `${comment}\ncall p(${list}, 987654321.5e3)`,
          ][form] ?? '';
        const { text, summary } = statementShape(sql, system);
        expect(text).not.toMatch(/SECRET|987654321/);
        expect(summary).not.toMatch(/SECRET|987654321/);
      }),
      { numRuns: 400 },
    );
  }
});

test('[D4] [Q3] no literal survives between whatever else a statement is made of', () => {
  const other = fc.constantFrom(
    ...'select,from,t,where,and,values,(,),=,;,$1,:a,?,::int,a.b,`q`,in,null,*,||,->>,<>,/* it\'s */,-- it\'s\n,1,2.5e3,0x1f,"n"'.split(
      ',',
    ),
    ',',
    '\n',
    'by',
    'as',
  );
  for (const system of ['postgresql', 'mysql', 'sqlite', 'mssql', '']) {
    const part = fc.oneof({ arbitrary: other, weight: 3 }, { arbitrary: literal(system), weight: 1 });
    fc.assert(
      fc.property(fc.array(part, { maxLength: 30 }), parts => {
        const { text, summary, collection } = statementShape(parts.join(' '), system);
        expect(`${text} ${summary} ${collection}`).not.toContain('SECRET');
      }),
      { numRuns: 1500 },
    );
  }
});

test('[D4] no value of a MongoDB command survives', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 4 }), secret, (value, word) => {
      const command = JSON.stringify({
        find: 'users',
        filter: { value, token: `${word}" '`, list: [word, { a: word }] },
      });
      expect(statementShape(command, 'mongodb').text).not.toContain(word);
    }),
  );
});

test('[D4] any text is read without an error, and cut anywhere shows no more than it had', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.constantFrom(...systems), (text, system) => {
      statementShape(text, system);
    }),
    { numRuns: 1000 },
  );
  fc.assert(
    fc.property(literal('mysql'), fc.nat(60), (text, cut) => {
      expect(statementShape(`select ${text}`.slice(0, -cut - 1), 'mysql').text).not.toContain('SECRET');
    }),
  );
});

test.each([
  "'",
  '"',
  '`',
  '[',
  '(',
  '{',
  '$',
  '$$',
  '/*',
  '/* */',
  '-- ',
  '1',
  'a',
  'a.',
  "'a',",
  '(1),',
  '{"a":[',
  '?',
  '\\',
  "E'\\",
  'select * from a,',
  ':',
  '%(',
  '"a" ',
  '("a"',
])('[D4] 100 KB of %j take no longer than their length asks for', unit => {
  const text = `values ${unit.repeat(Math.ceil(100_000 / unit.length))}`;
  for (const system of systems) {
    const before = process.cpuUsage();
    statementShape(text, system);
    const { user, system: kernel } = process.cpuUsage(before);
    // Generous: other tests share the machine. What grows with the square of the length takes seconds.
    expect((user + kernel) / 1000).toBeLessThan(250);
  }
});

test('[D4] 10 KB of ordinary SQL take less than a millisecond', () => {
  const row = "(42, 'Ann ''the'' best', NULL, now(), 12.5e3, \"x\")";
  const sql = `INSERT INTO people (a, b, c, d, e, f) VALUES ${Array.from({ length: 200 }, () => row).join(', ')}`.slice(
    0,
    10_240,
  );
  const times = Array.from({ length: 40 }, () => {
    const before = performance.now();
    statementShape(sql, 'mysql');
    return performance.now() - before;
  });
  // The best of many: the machine is shared.
  expect(Math.min(...times)).toBeLessThan(1);
});
