import http from 'node:http';
import mongoose from 'mongoose';

const User = mongoose.model(
  'User',
  new mongoose.Schema({ mail: String, n: Number }, { collection: 'people', autoIndex: false }),
);

async function loop() {
  const found = [];
  for (const n of [1, 2, 3, 1, 2, 3]) found.push(await User.findOne({ n }));
  return found.length;
}

const routes = {
  '/find': async () => (await User.find({ mail: 'secret-1' })).length,
  '/create': async () => (await User.create({ mail: 'secret-new' })).mail.length,
  '/loop': loop,
};

async function prepare() {
  await mongoose.connect(process.env.DATABASE_URL, { maxPoolSize: 2 });
  await User.insertMany([1, 2, 3].map(n => ({ mail: `secret-${n}`, n })));
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
