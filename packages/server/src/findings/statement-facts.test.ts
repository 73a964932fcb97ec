import { expect, test } from 'vitest';
import { statementFacts } from './statement-facts.js';

const facts = (text: string): ReturnType<typeof statementFacts> => statementFacts(text, '', '');

test.each([
  ['SELECT * FROM customers WHERE id = $1', 'customers', ['id']],
  ['select "id", "name" from "customers" where "customers"."id" = $1', 'customers', ['id']],
  [
    'SELECT "public"."customers"."id" FROM "public"."customers" WHERE ("public"."customers"."id" = $1 AND ? = ?) LIMIT $2 OFFSET $3',
    'customers',
    ['id'],
  ],
  [
    'select `c`.* from `shop`.`customers` as `c` where `c`.`order_id` = ? and `c`.`state` = ? limit ?',
    'customers',
    ['order_id', 'state'],
  ],
  ['find customers {filter: {_id: ?}, limit: ?}', 'customers', ['_id']],
])('%s looks %s up by %j and is neither a page nor a list', (text, table, keys) => {
  expect(facts(text)).toMatchObject({ table, keys, isRead: true, isPage: false, takesList: false, isFiltered: true });
});

test('pages, lists, sums and locks are told from lookups', () => {
  expect(facts('SELECT * FROM a WHERE b = $1 ORDER BY id LIMIT 100 OFFSET $2').isPage).toBe(true);
  expect(facts('SELECT * FROM a WHERE id > $1 ORDER BY id LIMIT 100').isPage).toBe(true);
  expect(facts('SELECT * FROM a WHERE id IN ($1)').takesList).toBe(true);
  expect(facts('SELECT * FROM a WHERE id = ANY($1)').takesList).toBe(true);
  expect(facts('SELECT * FROM a WHERE id IN (SELECT id FROM b)').takesList).toBe(false);
  expect(facts('SELECT day, count(*) FROM a GROUP BY day').isAggregate).toBe(true);
  expect(facts('SELECT * FROM a WHERE id = $1 FOR UPDATE').isRead).toBe(false);
  expect(facts('UPDATE a SET b = $1 WHERE id = $2')).toMatchObject({ operation: 'UPDATE', isRead: false });
});

test.each([' ', '"', '(', 'a=', 'where ', "'", '{', '"a", '])(
  'a statement of 20,000 times %j is read to its limit and no further',
  piece => {
    expect(facts(`select ${piece.repeat(20_000)}`).isRead).toBe(true);
  },
);
