import http from 'node:http';
import { DataSource, EntitySchema } from 'typeorm';

const User = new EntitySchema({
  name: 'User',
  tableName: 'typeorm_users',
  columns: { id: { type: Number, primary: true, generated: true }, mail: { type: String } },
});
const source = new DataSource({
  type: 'postgres',
  url: process.env.DATABASE_URL,
  entities: [User],
  synchronize: true,
  extra: { max: 2 },
});

async function loop() {
  const found = [];
  for (const id of [1, 2, 3, 1, 2, 3]) found.push(await source.getRepository(User).findOneBy({ id }));
  return found.length;
}

const routes = {
  '/find': async () => (await source.getRepository(User).find({ where: { mail: 'secret-1' } })).length,
  '/create': async () => (await source.manager.save(User, { mail: 'secret-new' })).id > 0,
  '/loop': loop,
};

async function prepare() {
  await source.initialize();
  await source.getRepository(User).clear();
  await source.getRepository(User).insert([1, 2, 3].map(n => ({ mail: `secret-${n}` })));
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
