import http from 'node:http';
import { Worker } from 'node:worker_threads';
import { addBreadcrumb, captureException, setTag, setUser, start } from '@bellwether/node';
import express from 'express';
import Fastify from 'fastify';

class ValidationError extends Error {}

start({ ignoreErrors: ['ValidationError'] });

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
    case 'late':
      await new Promise(resolve => setTimeout(resolve, 150));
      throw new Error(`too late for ${who}`);
    case 'crash':
      setTimeout(() => {
        throw new TypeError(`the end of ${who}`);
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
  const [, kind, ...rest] = request.url.split('/');
  request.url = `/${rest.join('/')}`;
  if (kind === 'fastify') viaFastify.routing(request, response);
  else viaExpress(request, response);
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
