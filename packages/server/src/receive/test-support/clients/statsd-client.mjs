// What statsd-client sends, as Etsy's StatsD knows it, over UDP and TCP.
import StatsdClient from 'statsd-client';

const [port] = process.argv.slice(2);
for (const transport of [{}, { tcp: true }]) {
  const prefix = transport.tcp ? 'etsy.tcp' : 'etsy.udp';
  const client = new StatsdClient({ host: '127.0.0.1', port: Number(port), prefix, ...transport });
  client.counter('hits', 5);
  client.increment('hits');
  client.gauge('level', 10);
  client.gaugeDelta('level', -3);
  client.timing('took', 1500);
  client.set('visitors', 'a');
  client.set('visitors', 'b');
  client.histogram('bytes', 100);
  client.increment('tagged', 1, { shop: 'one' });
  await new Promise(resolve => setTimeout(resolve, 300));
  client.close();
}
