import { EntitySchema, MikroORM } from '@mikro-orm/core';
import { PostgreSqlDriver } from '@mikro-orm/postgresql';
import { fill, serve } from './serve.mjs';

const plain = { schema: 'with_mikro' };
const Customer = new EntitySchema({
  ...plain,
  name: 'Customer',
  tableName: 'customers',
  properties: { id: { type: 'number', primary: true }, name: { type: 'string' } },
});
const Order = new EntitySchema({
  ...plain,
  name: 'Order',
  tableName: 'orders',
  properties: { id: { type: 'number', primary: true }, customer: { kind: 'm:1', entity: () => 'Customer' } },
});
let orm;

async function loop() {
  const names = [];
  for (const order of await orm.em.fork().find(Order, {}))
    names.push((await orm.em.fork().findOne(Customer, { id: order.customer.id })).name);
  return names;
}

async function rewritten() {
  const em = orm.em.fork();
  const orders = await em.find(Order, {}, { populate: ['customer'] });
  return orders.map(order => order.customer.name);
}

async function prepare() {
  orm = await MikroORM.init({
    driver: PostgreSqlDriver,
    clientUrl: process.env.DATABASE_URL,
    dbName: 'postgres',
    entities: [Customer, Order],
    pool: { max: 2 },
  });
  await fill(text => orm.em.getConnection().execute(text), 'with_mikro');
}

serve(prepare, { '/orders': loop, '/rewritten': rewritten });
