import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isExplainable, planText } from './query-plan.js';
import { sqlShape } from './sql.js';

test.each([
  ['select * from orders where id = 1', true],
  ["with due as (select 1 from jobs) select * from due where note = 'delete'", true],
  ['select * from orders;', true],
  ['select 1; drop table orders', false],
  ['select * from jobs for update', false],
  ['select * from jobs lock in share mode', false],
  ['with gone as (delete from jobs returning id) select * from gone', false],
  ['select * into copies from orders', false],
  ["select nextval('ids')", false],
  ['select pg_sleep(1)', false],
  ['update orders set a = 1', false],
  ['insert into a select * from b', false],
])('[D2] %j may be explained: %s', (sql, may) => {
  expect(isExplainable(sqlShape(sql))).toBe(may);
});

test('[D2][D4] a plan keeps its form and loses the values of its conditions', () => {
  const plan = [
    {
      Plan: {
        'Node Type': 'Index Scan',
        'Relation Name': 'users',
        'Total Cost': 8.3,
        'Index Cond': "(mail = 'a@b.c'::text)",
        Plans: [{ 'Node Type': 'Seq Scan', Filter: '(age > 18)' }],
      },
    },
  ];
  expect(JSON.parse(planText(plan, 'postgresql') ?? '')).toEqual([
    {
      Plan: {
        'Node Type': 'Index Scan',
        'Relation Name': 'users',
        'Total Cost': 8.3,
        'Index Cond': '(mail = ?::text)',
        Plans: [{ 'Node Type': 'Seq Scan', Filter: '(age > ?)' }],
      },
    },
  ]);
  const asText = '{"query_block":{"table":{"table_name":"users","attached_condition":"users.mail = \'secret\'"}}}';
  expect(planText(asText, 'mysql')).toBe(
    '{"query_block":{"table":{"table_name":"users","attached_condition":"users.mail = ?"}}}',
  );
});

test('any plan is read without throwing or growing', () => {
  fc.assert(
    fc.property(fc.object({ maxDepth: 6 }), plan => {
      expect((planText(plan, 'postgresql') ?? '').length).toBeLessThanOrEqual(16_384);
    }),
  );
});
