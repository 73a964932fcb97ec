import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma-orders-client/client.js';
import { fill, serve } from './serve.mjs';

const adapter = new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 2 }, { schema: 'with_prisma' });
const prisma = new PrismaClient({ adapter });

async function loop() {
  const orders = await prisma.order.findMany({ orderBy: { id: 'asc' } });
  const names = [];
  for (const order of orders) {
    const customer = await prisma.customer.findUnique({ where: { id: order.customerId } });
    names.push(customer.name);
  }
  return names;
}

async function rewritten() {
  const orders = await prisma.order.findMany({ include: { customer: true } });
  return orders.map(order => order.customer.name);
}

serve(() => fill(text => prisma.$executeRawUnsafe(text), 'with_prisma'), { '/orders': loop, '/rewritten': rewritten });
