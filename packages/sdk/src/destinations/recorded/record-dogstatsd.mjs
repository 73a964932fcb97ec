// Records what hot-shots sends for the shop of ../../test-support/apps/providers.mjs: `node record-dogstatsd.mjs` writes hot-shots-<version>.txt beside itself.
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { StatsD } from 'hot-shots';

const { version } = JSON.parse(readFileSync(new URL('package.json', import.meta.resolve('hot-shots')), 'utf8'));
const sink = createSocket('udp4').bind(0, '127.0.0.1');
await once(sink, 'listening');
const lines = [];
sink.on('message', message => lines.push(...message.toString().trimEnd().split('\n')));

const client = new StatsD({
  host: '127.0.0.1',
  port: sink.address().port,
  globalTags: { service: 'shop', env: 'test', version: '1.2.3' },
});
client.increment('books.sold', 2, { genre: 'crime' });
client.increment('books.sold', 1, { genre: 'poetry' });
for (const books of [1, 3, 40]) client.distribution('basket.size', books, { genre: 'crime' });
client.gauge('shelf.free', 12.5);
while (lines.length < 6) await once(sink, 'message');
// Of two calls one is sent, and says that it stands for both; which of them is drawn.
while (lines.length < 7) {
  client.distribution('basket.wait', 7, 0.5, { genre: 'cri|me, "#1"' });
  await new Promise(resolve => setTimeout(resolve, 20));
}
client.close();
sink.close();
writeFileSync(new URL(`hot-shots-${version}.txt`, import.meta.url), `${lines.join('\n')}\n`);
