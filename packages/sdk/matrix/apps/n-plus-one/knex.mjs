import knex from 'knex';
import { fill, serve, urlOf } from './serve.mjs';

const db = knex({ client: 'pg', connection: urlOf('with_knex'), pool: { min: 0, max: 2 } });

async function loop() {
  const orders = await db('orders').orderBy('id');
  const names = [];
  for (const order of orders) {
    const customer = await db('customers').where({ id: order.customer_id }).first();
    names.push(customer.name);
  }
  return names;
}

async function rewritten() {
  const orders = await db('orders').orderBy('id');
  const ids = orders.map(order => order.customer_id);
  const customers = await db('customers').whereIn('id', ids);
  const byId = new Map(customers.map(customer => [customer.id, customer]));
  return orders.map(order => byId.get(order.customer_id).name);
}

serve(() => fill(text => db.raw(text), 'with_knex'), { '/orders': loop, '/rewritten': rewritten });
