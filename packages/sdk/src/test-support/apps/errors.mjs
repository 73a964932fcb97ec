import { once } from 'node:events';
import http from 'node:http';
import { Worker } from 'node:worker_threads';
import { addBreadcrumb, captureException, setTag, setUser, start } from '@bellwether/node';
import express from 'express';
import Fastify from 'fastify';

class ValidationError extends Error {}

start({ ignoreErrors: ['ValidationError'] });

function pay(order, apiKey) {
  const lazy = {
    get total() {
      throw new Error('nobody may run this');
    },
  };
  for (const line of [...order.lines, undefined]) {
    const price = line?.price;
    if (price === undefined)
      throw new TypeError(`order ${order.id} has a line without a price`, { cause: [typeof lazy, typeof apiKey] });
  }
}

/** Of the last request. */
let connection;

/** What each server's handlers do, by the first part of the path; the second says who asks. */
async function act(what, who) {
  setUser({ id: who });
  setTag('mine', who);
  addBreadcrumb(`asked by ${who}`);
  await new Promise(resolve => setTimeout(resolve, Math.random() * 5));
  switch (what) {
    case 'throws':
      throw new RangeError(`no room for ${who}`);
    case 'caught-and-thrown': {
      const error = new Error(`twice ${who}`);
      captureException(error, { tags: { where: 'handler' } });
      throw error;
    }
    case 'client': {
      throw Object.assign(new Error('not yours'), { status: 403, statusCode: 403 });
    }
    case 'invalid':
      captureException(new ValidationError('no name'));
      return 'ok';
    case 'mapped':
      await (await import(process.env.MAPPED)).fail();
      return 'never';
    case 'pays':
      return pay({ id: 7, lines: [{ sku: 'a', price: 5 }], card: { cvc: '123' } }, 'sk-live-1');
    case 'storm':
      for (let i = 0; i < 200; i++) {
        try {
          pay({ id: i, lines: [] }, 'none');
        } catch {
          // Expected: what an application tries and does otherwise.
        }
      }
      return 'ok';
    case 'late':
      // Until the client has gone away.
      console.log('late began');
      await once(connection, 'close');
      throw new Error(`too late for ${who}`);
    case 'crash':
      setTimeout(() => {
        const last = Number(who.slice(1));
        if (Number.isInteger(last)) throw new TypeError(`the end of ${who}`);
      }, 1);
      return 'ok';
    case 'worker': {
      const code = `
        import('@bellwether/node').then(({ start }) => {
          start({ service: 'worker' });
          setTimeout(() => { throw new Error('in a worker'); }, 10);
        });`;
      await new Promise(resolve => new Worker(code, { eval: true, env: process.env }).on('error', resolve));
      return 'ok';
    }
    default:
      return 'ok';
  }
}

const viaFastify = Fastify();
viaFastify.route({ method: 'GET', url: '/:what/:who', handler: ({ params }) => act(params.what, params.who) });
const viaExpress = express();
viaExpress.get('/:what/:who', ({ params }, response) =>
  act(params.what, params.who).then(answer => response.send(answer)),
);

await viaFastify.ready();
const server = http.createServer((request, response) => {
  connection = request.socket;
  const [, kind, ...rest] = request.url.split('/');
  request.url = `/${rest.join('/')}`;
  if (kind === 'fastify') viaFastify.routing(request, response);
  else viaExpress(request, response);
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
