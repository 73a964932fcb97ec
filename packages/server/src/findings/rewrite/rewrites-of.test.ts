import { expect, test } from 'vitest';
import { findingKinds } from '../detector.js';
import { rewritesOf } from './rewrites-of.js';

const toMany = {
  system: 'postgresql',
  table: 'order_items',
  keys: 'order_id',
  beforeTable: 'orders',
  statement: 'SELECT * FROM order_items WHERE order_id = $1 LIMIT 20',
};
const toOne = {
  system: 'postgresql',
  table: 'categories',
  keys: 'id',
  statement: 'SELECT * FROM categories WHERE id = $1',
};

const code = (orm: string, facts: Readonly<Record<string, string>>): string =>
  rewritesOf('n-plus-one-sql', { ...facts, orm })[0]?.code ?? '';

test.each([
  ['prisma', 'const orders = await prisma.order.findMany({ include: { orderItems: true } });'],
  ['drizzle', 'const orders = await db.query.orders.findMany({ with: { orderItems: true } });'],
  ['typeorm', 'const orders = await dataSource.getRepository(Order).find({ relations: { orderItems: true } });'],
  ['sequelize', 'const orders = await Order.findAll({ include: OrderItem });'],
  ['mikro-orm', "const orders = await em.find(Order, {}, { populate: ['orderItems'] });"],
  ['mongoose', "const orders = await Order.find().populate('orderItems');"],
  [
    'knex',
    "const ids = orders.map(order => order.id);\nconst orderItems = await db('order_items').whereIn('order_id', ids);",
  ],
  [
    '',
    "const ids = orders.map(order => order.id);\nconst { rows: orderItems } = await pool.query('SELECT * FROM order_items WHERE order_id = ANY($1)', [ids]);",
  ],
])('children by their foreign key, with %s', (orm, expected) => {
  expect(code(orm, toMany)).toBe(expected);
});

test('where nothing was read before, all keys are asked for at once', () => {
  expect(code('prisma', toOne)).toBe(
    'const categories = await prisma.category.findMany({ where: { id: { in: ids } } });',
  );
  expect(code('', { ...toOne, system: 'mariadb', statement: 'SELECT * FROM `categories` WHERE `id` = ?' })).toBe(
    "const [categories] = await pool.query('SELECT * FROM categories WHERE id IN (?)', [ids]);",
  );
});

test('every kind has a way to mend it, also when nothing is known', () => {
  for (const kind of findingKinds) {
    const [first] = rewritesOf(kind, {});
    expect([kind, (first?.explanation.length ?? 0) > 40]).toEqual([kind, true]);
  }
});
