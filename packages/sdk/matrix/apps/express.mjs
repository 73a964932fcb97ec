import { observe, setTenant } from '@bellwether/node';
import express from 'express';

const app = express();
if (process.env.OBSERVE === '1') observe(app);
const users = express.Router();
const orders = express.Router();
orders.get('/:order', (request, response) => response.json(request.params));
users.use('/orders', orders);
app.use((_request, _response, next) => next());
app.use('/users/:user', users);
app.get('/tenants/:tenant', (request, response) => {
  setTimeout(() => {
    setTenant(request.params.tenant);
    response.json({});
  }, 5);
});
app.get('/fails', () => {
  throw new RangeError('out of range');
});
app.get('/refused', (_request, _response, next) => next(Object.assign(new Error('no'), { status: 403 })));
const server = app.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
