import { observe, setTenant } from '@bellwether/node';
import fastify from 'fastify';

const app = fastify();
if (process.env.OBSERVE === '1') observe(app);
app.register(
  (users, _options, done) => {
    users.get('/orders/:order', request => request.params);
    done();
  },
  { prefix: '/users/:user' },
);
app.get('/tenants/:tenant', (request, reply) => {
  setTimeout(() => {
    setTenant(request.params.tenant);
    reply.send({});
  }, 5);
});
app.get('/fails', () => {
  throw new RangeError('out of range');
});
app.get('/refused', async () => {
  throw Object.assign(new Error('no'), { statusCode: 403 });
});
app.listen({ port: 0, host: '127.0.0.1' }).then(() => console.log(`port ${app.server.address().port}`));
