import http from 'node:http';
import { addBreadcrumb, captureException, captureMessage, setExtra, setTag, setUser } from '@bellwether/node';
import { metrics, trace } from '@opentelemetry/api';

// The shop whose other self was recorded with the agents of the providers (`destinations/recorded`): the same request, error and metrics.
const meter = metrics.getMeter('shop');
const sold = meter.createCounter('books.sold', { description: 'Books sold' });
const basket = meter.createHistogram('basket.size', { description: 'Books in a basket' });
const wait = meter.createHistogram('basket.wait', { description: 'Time in a basket', unit: 's' });
meter.createObservableGauge('shelf.free', { description: 'Free places' }).addCallback(seen => seen.observe(12.5));

function readOrder(id) {
  try {
    JSON.parse('{');
  } catch (cause) {
    throw new RangeError(`no order ${id}`, { cause });
  }
}

const server = http.createServer((request, response) => {
  setUser({ id: 'u7', email: 'a@shop.example' });
  setTag('genre', 'crime');
  setExtra('attempt', 2);
  addBreadcrumb({ category: 'cart', message: 'added a book', level: 'info', data: { sku: 'b1' } });
  trace.getTracer('shop').startActiveSpan('read order', span => {
    try {
      readOrder(42);
    } catch (error) {
      captureException(error);
      captureMessage('stock is low', 'warning');
    }
    span.end();
  });
  for (const genre of ['crime', 'crime', 'poetry']) sold.add(1, { genre });
  for (const books of [1, 3, 40]) basket.record(books, { genre: 'crime' });
  for (const genre of ['cri|me, "#1"', 'cri|me, "#1"']) wait.record(7, { genre });
  response.writeHead(500).end();
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
