import http from 'node:http';
import { DataTypes, Sequelize } from 'sequelize';

const sequelize = new Sequelize(process.env.DATABASE_URL, { logging: false, pool: { max: 2 } });
const User = sequelize.define('User', { mail: DataTypes.STRING }, { tableName: 'sequelize_users', timestamps: false });

async function loop() {
  const found = [];
  for (const id of [1, 2, 3, 1, 2, 3]) found.push(await User.findByPk(id));
  return found.length;
}

const routes = {
  '/find': async () => (await User.findAll({ where: { mail: 'secret-1' } })).length,
  '/create': async () => (await User.create({ mail: 'secret-new' })).id > 0,
  '/loop': loop,
};

async function prepare() {
  await User.sync({ force: true });
  await User.bulkCreate([1, 2, 3].map(n => ({ mail: `secret-${n}` })));
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
