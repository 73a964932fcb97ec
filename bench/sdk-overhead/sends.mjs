// Whether each agent really sends something of what it sees, before its figures mean anything: a few requests to an application under it, and the bytes that its sink took within a minute. No timing.
//
//   node bench/sdk-overhead/sends.mjs [--variants bellwether,newrelic,...] [--path /orders/:id] [--framework fastify] [--node /path/to/node]
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { closeStage, message, openStage } from './stage.mjs';
import { variants } from './variants.mjs';

const { values: options } = parseArgs({
  options: {
    path: { type: 'string', default: '/orders/:id' },
    framework: { type: 'string', default: 'fastify' },
    node: { type: 'string', default: process.execPath },
    variants: {
      type: 'string',
      default: Object.keys(variants)
        .filter(name => name !== 'bare')
        .join(','),
    },
  },
});
const waitsMs = 60_000;
/** Less is the beginning of a stream, or a question. */
const enoughBytes = 500;

async function bytesOf(stage, load, name) {
  stage.sink.send('count');
  await message(stage.sink);
  const { child, port } = await stage.startApp(name, options);
  let bytes = 0;
  const untilMs = performance.now() + waitsMs;
  // Some agents drop what comes before they have connected, so requests go on until something was sent.
  while (bytes < enoughBytes && performance.now() < untilMs) {
    load.send({ port, path: options.path, requests: 20, connections: 2 });
    const { failed } = await message(load);
    if (failed > 0) throw new Error(`${name}: ${failed} of 20 requests failed`);
    await new Promise(resolve => setTimeout(resolve, 500));
    stage.sink.send('count');
    bytes += (await message(stage.sink)).bytes;
  }
  child.send('exit');
  await once(child, 'exit');
  return bytes;
}

try {
  const stage = await openStage();
  const { child: load } = await stage.start('load.mjs');
  for (const name of options.variants.split(',')) {
    if (!(name in variants)) throw new Error(`unknown variant ${name}; known: ${Object.keys(variants).join(', ')}`);
    const bytes = await bytesOf(stage, load, name);
    console.log(`${name}: ${bytes} bytes`);
    if (bytes < enoughBytes) process.exitCode = 1;
  }
} finally {
  closeStage();
}
