import mongoose from 'mongoose';
import { serve } from './serve.mjs';

const plain = { autoIndex: false };
const Customer = mongoose.model('Customer', new mongoose.Schema({ _id: Number, name: String }, plain));
const customer = { type: Number, ref: 'Customer' };
const Order = mongoose.model('Order', new mongoose.Schema({ _id: Number, customer }, plain));

async function loop() {
  const names = [];
  for (const order of await Order.find()) names.push((await Customer.findById(order.customer)).name);
  return names;
}

async function rewritten() {
  const orders = await Order.find().populate('customer');
  return orders.map(order => order.customer.name);
}

async function prepare() {
  await mongoose.connect(process.env.DATABASE_URL, { maxPoolSize: 2 });
  const numbers = Array.from({ length: 12 }, (_, i) => i + 1);
  await Customer.insertMany(numbers.map(n => ({ _id: n, name: `customer ${n}` })));
  await Order.insertMany(numbers.map(n => ({ _id: n, customer: n })));
}

serve(prepare, { '/orders': loop, '/rewritten': rewritten });
