import pg from 'pg';
import { fill, serve, urlOf } from './serve.mjs';

const pool = new pg.Pool({ connectionString: urlOf('with_pg'), max: 2 });

async function loop() {
  const { rows: orders } = await pool.query('SELECT * FROM orders ORDER BY id');
  const names = [];
  for (const order of orders) {
    const { rows } = await pool.query('SELECT * FROM customers WHERE id = $1', [order.customer_id]);
    names.push(rows[0].name);
  }
  return names;
}

async function rewritten() {
  const { rows: orders } = await pool.query('SELECT * FROM orders ORDER BY id');
  const ids = orders.map(order => order.customer_id);
  const { rows: customers } = await pool.query('SELECT * FROM customers WHERE id = ANY($1)', [ids]);
  const byId = new Map(customers.map(customer => [customer.id, customer]));
  return orders.map(order => byId.get(order.customer_id).name);
}

serve(() => fill(text => pool.query(text), 'with_pg'), { '/orders': loop, '/rewritten': rewritten });
