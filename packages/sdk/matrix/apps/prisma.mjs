import http from 'node:http';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '../prisma-client/client.js';

const prisma = new PrismaClient({ adapter: new PrismaPg({ connectionString: process.env.DATABASE_URL, max: 2 }) });

async function loop() {
  const found = [];
  for (const id of [1, 2, 3, 1, 2, 3]) found.push(await prisma.user.findUnique({ where: { id } }));
  return found.length;
}

const routes = {
  '/find': async () => (await prisma.user.findMany({ where: { mail: 'secret-1' } })).length,
  '/create': async () => (await prisma.user.create({ data: { mail: 'secret-new' } })).id > 0,
  '/loop': loop,
};

async function prepare() {
  await prisma.$executeRawUnsafe('DROP TABLE IF EXISTS prisma_users');
  await prisma.$executeRawUnsafe('CREATE TABLE prisma_users (id serial PRIMARY KEY, mail text NOT NULL)');
  await prisma.user.createMany({ data: [1, 2, 3].map(n => ({ mail: `secret-${n}` })) });
}

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error?.stack));
  }
});
prepare().then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
