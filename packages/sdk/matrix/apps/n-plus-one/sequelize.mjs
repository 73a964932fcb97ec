import { DataTypes, Sequelize } from 'sequelize';
import { fill, serve } from './serve.mjs';

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false, pool: { max: 2 } });
const plain = { schema: 'with_sequelize', timestamps: false };
const id = { type: DataTypes.INTEGER, primaryKey: true };
const Customer = sequelize.define('Customer', { id, name: DataTypes.STRING }, { ...plain, tableName: 'customers' });
const Order = sequelize.define('Order', { id }, { ...plain, tableName: 'orders' });
Order.belongsTo(Customer, { foreignKey: 'customer_id' });

async function loop() {
  const names = [];
  for (const order of await Order.findAll()) names.push((await Customer.findByPk(order.customer_id)).name);
  return names;
}

async function rewritten() {
  const orders = await Order.findAll({ include: Customer });
  return orders.map(order => order.Customer.name);
}

serve(() => fill(text => sequelize.query(text), 'with_sequelize'), { '/orders': loop, '/rewritten': rewritten });
