import { eq, relations } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import { integer, pgTable, text } from 'drizzle-orm/pg-core';
import pg from 'pg';
import { fill, serve, urlOf } from './serve.mjs';

const customers = pgTable('customers', { id: integer('id').primaryKey(), name: text('name') });
const ordersTable = pgTable('orders', { id: integer('id').primaryKey(), customerId: integer('customer_id') });
const orderRelations = relations(ordersTable, ({ one }) => ({
  customer: one(customers, { fields: [ordersTable.customerId], references: [customers.id] }),
}));
const pool = new pg.Pool({ connectionString: urlOf('with_drizzle'), max: 2 });
const db = drizzle(pool, { schema: { orders: ordersTable, customers, orderRelations } });

async function loop() {
  const names = [];
  for (const order of await db.select().from(ordersTable)) {
    const [customer] = await db.select().from(customers).where(eq(customers.id, order.customerId));
    names.push(customer.name);
  }
  return names;
}

async function rewritten() {
  const orders = await db.query.orders.findMany({ with: { customer: true } });
  return orders.map(order => order.customer.name);
}

serve(() => fill(text => pool.query(text), 'with_drizzle'), { '/orders': loop, '/rewritten': rewritten });
