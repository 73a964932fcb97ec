import fc from 'fast-check';
import { expect, test } from 'vitest';
import { planChange, planSteps } from './plan-steps.js';

const postgres = (inner: object): string =>
  JSON.stringify([
    {
      Plan: {
        'Node Type': 'Sort',
        'Sort Key': ['o.created_at DESC'],
        'Total Cost': 812.5,
        'Plan Rows': 40,
        Plans: [inner],
      },
    },
  ]);
const scan = {
  'Node Type': 'Seq Scan',
  'Relation Name': 'orders',
  Alias: 'o',
  Filter: '(tenant = ?)',
  'Total Cost': 800.25,
  'Plan Rows': 12_000,
};
const look = {
  'Node Type': 'Index Scan',
  'Index Name': 'orders_by_tenant',
  'Relation Name': 'orders',
  'Index Cond': '(tenant = ?)',
  'Total Cost': 8.3,
  'Plan Rows': 40,
};

test('[D2] steps of PostgreSQL’s plan stand in their order with depth, cost and rows; a scan of many rows stands out', () => {
  expect(planSteps(postgres(scan))).toEqual([
    { depth: 0, title: 'Sort', by: 'o.created_at DESC', cost: 812.5, rows: 40, readsAll: false },
    { depth: 1, title: 'Seq Scan on orders', by: '(tenant = ?)', cost: 800.25, rows: 12_000, readsAll: true },
  ]);
  expect(planSteps(postgres({ ...scan, 'Plan Rows': 12 }))?.[1]?.readsAll).toBe(false);
});

test('[D2] so do those of MySQL and of MariaDB', () => {
  const mysql = {
    query_block: {
      select_id: 1,
      cost_info: { query_cost: '24.10' },
      ordering_operation: {
        using_filesort: true,
        nested_loop: [
          {
            table: {
              table_name: 'o',
              access_type: 'ALL',
              rows_examined_per_scan: 5000,
              cost_info: { prefix_cost: '20.00' },
            },
          },
          { table: { table_name: 'c', access_type: 'eq_ref', key: 'PRIMARY', rows_examined_per_scan: 1 } },
        ],
      },
    },
  };
  expect(
    planSteps(JSON.stringify(mysql))?.map(({ depth, title, cost, readsAll }) => [depth, title, cost, readsAll]),
  ).toEqual([
    [0, 'query', 24.1, false],
    [1, 'ordering operation', undefined, false],
    [2, 'Full scan on o', 20, true],
    [2, 'Look-up of one row using PRIMARY on c', undefined, false],
  ]);
  const mariadb = { query_block: { table: { table_name: 'orders', access_type: 'range', key: 'by_day', rows: 77 } } };
  expect(planSteps(JSON.stringify(mariadb))?.[1]).toMatchObject({
    title: 'Range scan using by_day on orders',
    rows: 77,
  });
});

test('a plan that changed says by which steps; other costs alone are no change', () => {
  const before = planSteps(postgres(look)) ?? [];
  const after = planSteps(postgres(scan)) ?? [];
  expect(planChange(before, after)).toEqual({
    gone: ['Index Scan using orders_by_tenant on orders'],
    added: ['Seq Scan on orders'],
  });
  expect(planChange(before, planSteps(postgres({ ...look, 'Total Cost': 99 })) ?? [])).toBeUndefined();
});

test('what is no plan is shown as it came, and no text makes it fail or endless', () => {
  expect(planSteps('-> Table scan on orders')).toBeUndefined();
  expect(planSteps('[]')).toBeUndefined();
  fc.assert(
    fc.property(fc.jsonValue(), value => {
      for (const plan of [value, [{ Plan: value }], { query_block: value }])
        expect((planSteps(JSON.stringify(plan)) ?? []).length).toBeLessThanOrEqual(500);
    }),
  );
});
