import http from 'node:http';
import { MongoClient } from 'mongodb';

const client = new MongoClient(process.env.DATABASE_URL, { maxPoolSize: 3 });
const users = client.db('shop').collection('users');

const routes = {
  '/find': async () => (await users.find({ plan: 'pro', mail: { $ne: 'secret@a.b' } }).toArray()).length,
  '/one': async function one() {
    return users.findOne({ name: 'secret-name' });
  },
  '/insert': async () => (await users.insertOne({ name: 'secret-new', plan: 'free' })).acknowledged,
  '/duplicate': () => users.insertOne({ _id: 1, name: 'secret' }).catch(error => error.code),
  '/update': async () => (await users.updateOne({ name: 'secret-name' }, { $set: { mail: 'secret' } })).matchedCount,
  '/unknown': () =>
    client
      .db('shop')
      .command({ nothing: 'secret' })
      .catch(error => error.codeName),
  '/slow': async function slowCommand() {
    await client.db('shop').command({ sleep: 1, ms: 150 });
    return 'slept';
  },
};

async function prepare() {
  await client.connect();
  await users.insertMany([1, 2, 3, 4, 5].map(id => ({ _id: id, name: `n${id}`, plan: 'pro' })));
}

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify(await routes[request.url]()));
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
prepare().then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
