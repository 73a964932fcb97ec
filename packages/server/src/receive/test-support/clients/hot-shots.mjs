// Every kind of line that hot-shots writes, over UDP or TCP.
import HotShots from 'hot-shots';

const [protocol, port] = process.argv.slice(2);
const client = new HotShots.StatsD({
  host: '127.0.0.1',
  port: Number(port),
  protocol,
  prefix: `${protocol}.`,
  datadog: true,
  includeDatadogTelemetry: false,
  maxBufferSize: 1400,
  globalTags: { service: 'shop', env: 'prod', version: '1.2.3', region: 'eu' },
  errorHandler(error) {
    throw error;
  },
});
client.increment('orders', 2, { plan: 'pro' });
client.increment('orders', 3, { plan: 'pro' });
client.increment('orders', 1, ['plan:free', 'first']);
client.decrement('stock', 4);
client.gauge('depth', 7);
client.gaugeDelta('depth', -2);
client.timing('latency', 250);
client.timing('latency', 500);
client.histogram('size', 10);
client.distribution('price', 12.5);
client.gauge('past', 5, { timestamp: 1_790_000_000, cardinality: 'low' });
for (const user of ['u1', 'u2', 'u1']) client.set('users', user);
// Over TCP it writes Latin-1, whatever the text is.
const title = protocol === 'tcp' ? 'Oil change | v2' : 'Ölwechsel | v2';
client.event(title, 'done by "CI"\nwithout a stop', { alert_type: 'error', aggregation_key: 'oil' }, { team: 'a' });
client.check('db.up', client.CHECKS.CRITICAL, { hostname: 'web-1', message: 'no answer' }, { team: 'a' });
await new Promise((resolve, reject) => client.close(error => (error ? reject(error) : resolve())));
