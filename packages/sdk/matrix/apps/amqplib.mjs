import http from 'node:http';
import amqp from 'amqplib';

const ready = (async () => {
  const connection = await amqp.connect(process.env.AMQP_URL);
  const channel = await connection.createChannel();
  const confirming = await connection.createConfirmChannel();
  await channel.assertQueue('dead-receipts');
  await channel.assertQueue('receipts', { deadLetterExchange: '', deadLetterRoutingKey: 'dead-receipts' });
  await channel.assertQueue('parked');
  await channel.prefetch(5);
  const seen = [];
  await channel.consume('receipts', async message => {
    const { kind } = JSON.parse(message.content.toString());
    seen.push({ kind, headers: Object.keys(message.properties.headers), again: message.fields.redelivered });
    if (kind === 'dead') return channel.nack(message, false, false);
    if (kind === 'again' && !message.fields.redelivered) return channel.reject(message, true);
    await new Promise(resolve => setTimeout(resolve, 5));
    channel.ack(message);
  });
  await channel.consume('parked', () => {}, { noAck: true });
  return { channel, confirming, seen };
})();
ready.catch(error => console.error(error));

async function work() {
  const { channel, confirming, seen } = await ready;
  const send = kind =>
    channel.sendToQueue('receipts', Buffer.from(JSON.stringify({ kind })), {
      headers: { own: '1' },
      timestamp: Math.floor(Date.now() / 1000),
    });
  send('good');
  send('dead');
  send('again');
  await new Promise((resolve, reject) =>
    confirming.sendToQueue('parked', Buffer.from('x'), {}, error => (error ? reject(error) : resolve())),
  );
  const until = Date.now() + 10_000;
  while (seen.length < 4 && Date.now() < until) await new Promise(resolve => setTimeout(resolve, 20));
  await new Promise(resolve => setTimeout(resolve, 100));
  return seen;
}

const server = http.createServer(async (request, response) => {
  try {
    if (request.url === '/') response.end(JSON.stringify(await work()));
    else setTimeout(() => response.end('waited'), 1500);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
