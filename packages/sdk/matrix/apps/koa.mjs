import { observe, setTenant } from '@bellwether/node';
import Router from '@koa/router';
import Koa from 'koa';

const app = new Koa();
if (process.env.OBSERVE === '1') observe(app);
const orders = new Router();
orders.get('/orders/:order', context => {
  context.body = context.params;
});
const router = new Router();
router.use('/users/:user', orders.routes());
router.get('/tenants/:tenant', async context => {
  await new Promise(resolve => setTimeout(resolve, 5));
  setTenant(context.params.tenant);
  context.body = {};
});
router.get('/fails', () => {
  throw new RangeError('out of range');
});
router.get('/refused', context => context.throw(403));
app.use((_context, next) => next());
app.use(router.routes());
const server = app.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
