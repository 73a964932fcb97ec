import express from 'express';
import http from 'node:http';

const app = express();
const users = express.Router();
const orders = express.Router();
orders.get('/:order', (request, response) => response.json(request.params));
users.use('/orders', orders);
users.get('/', (_request, response) => response.json({}));
app.use((_request, _response, next) => next());
app.use('/users/:user', users);
app.get('/fails', async () => {
  throw new RangeError('out of range');
});
app.get('/handled', () => {
  throw new Error('shown kindly');
});
app.get('/headers', (request, response) => response.json(request.headers));
app.get('/out', (_request, response) => {
  http.get(`http://127.0.0.1:${port}/headers`, answer => answer.pipe(response));
});
app.get('/refused', (_request, response) => {
  http.get('http://127.0.0.1:1/').on('error', error => response.json({ code: error.code }));
});
app.use((error, _request, response, next) => {
  if (error.message === 'shown kindly') response.status(503).send('sorry');
  else next(error);
});
const server = app.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
let port = 0;
server.on('listening', () => (port = server.address().port));
