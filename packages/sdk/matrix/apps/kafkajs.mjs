import http from 'node:http';
import { Kafka, logLevel } from 'kafkajs';

const kafka = new Kafka({
  clientId: 'shop',
  brokers: [process.env.KAFKA_URL],
  logLevel: logLevel.NOTHING,
  retry: { initialRetryTime: 20 },
});
const producer = kafka.producer();
const each = kafka.consumer({ groupId: 'receipts', maxWaitTimeInMs: 200 });
const batches = kafka.consumer({ groupId: 'totals', maxWaitTimeInMs: 200 });
class OutOfStock extends Error {
  name = 'OutOfStock';
}
const seen = [];
const counted = [];
let hasFailed = false;

const ready = (async () => {
  await producer.connect();
  await each.connect();
  await each.subscribe({ topic: 'orders', fromBeginning: true });
  await each.run({
    eachMessage: async ({ message }) => {
      const text = message.value.toString();
      if (text === 'broken' && !hasFailed) {
        hasFailed = true;
        throw new OutOfStock('cannot');
      }
      seen.push(text);
    },
  });
})();
ready.catch(error => console.error(error));

async function until(isDone) {
  const end = Date.now() + 15_000;
  while (!isDone() && Date.now() < end) await new Promise(resolve => setTimeout(resolve, 20));
}

const routes = {
  '/send': async () => {
    await producer.send({ topic: 'orders', messages: [{ value: 'good', headers: { source: 'shop' } }] });
    await producer.send({ topic: 'orders', messages: [{ value: 'broken' }] });
    await until(() => seen.length === 2);
    return seen;
  },
  '/batch': () =>
    producer.sendBatch({
      topicMessages: [{ topic: 'totals', messages: [{ value: '1' }, { value: '2' }] }],
    }),
  '/work': async () => {
    await batches.connect();
    await batches.subscribe({ topic: 'totals', fromBeginning: true });
    await batches.run({ eachBatch: async ({ batch }) => void counted.push(batch.messages.length) });
    await until(() => counted.reduce((sum, count) => sum + count, 0) === 4);
    return counted;
  },
  '/lag': async () => {
    await new Promise(resolve => setTimeout(resolve, 1200));
  },
};

const server = http.createServer(async (request, response) => {
  try {
    response.end(JSON.stringify((await routes[request.url]()) ?? null));
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
ready.then(() => server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`)));
