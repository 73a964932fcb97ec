import { DataSource, EntitySchema } from 'typeorm';
import { fill, serve, urlOf } from './serve.mjs';

const Customer = new EntitySchema({
  name: 'Customer',
  tableName: 'customers',
  columns: { id: { type: Number, primary: true }, name: { type: String } },
});
const Order = new EntitySchema({
  name: 'Order',
  tableName: 'orders',
  columns: { id: { type: Number, primary: true }, customerId: { type: Number, name: 'customer_id' } },
  relations: { customer: { type: 'many-to-one', target: 'Customer', joinColumn: { name: 'customer_id' } } },
});
const dataSource = new DataSource({
  type: 'postgres',
  url: urlOf('with_typeorm'),
  entities: [Customer, Order],
  extra: { max: 2, options: '-c search_path=with_typeorm' },
});

async function loop() {
  const names = [];
  for (const order of await dataSource.getRepository(Order).find()) {
    const customer = await dataSource.getRepository(Customer).findOneBy({ id: order.customerId });
    names.push(customer.name);
  }
  return names;
}

async function rewritten() {
  const orders = await dataSource.getRepository(Order).find({ relations: { customer: true } });
  return orders.map(order => order.customer.name);
}

async function prepare() {
  await dataSource.initialize();
  await fill(text => dataSource.query(text), 'with_typeorm');
}

serve(prepare, { '/orders': loop, '/rewritten': rewritten });
