import { observe, setTenant } from '@bellwether/node';
import { serve } from '@hono/node-server';
import { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';

const orders = new Hono();
orders.get('/orders/:order', context => context.json(context.req.param()));
const app = new Hono();
if (process.env.OBSERVE === '1') observe(app);
app.use('*', async (_context, next) => {
  await next();
});
app.route('/users/:user', orders);
app.get('/tenants/:tenant', async context => {
  await new Promise(resolve => setTimeout(resolve, 5));
  setTenant(context.req.param('tenant'));
  return context.json({});
});
app.get('/fails', () => {
  throw new RangeError('out of range');
});
app.get('/refused', async () => {
  throw new HTTPException(403);
});
serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => console.log(`port ${port}`));
