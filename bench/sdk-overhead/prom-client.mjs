// prom-client as its guide says: the process' own figures and a histogram of requests by method, route and status, which frameworks' middlewares time in the same way; and a server that
// scrapes every five seconds, for which the text is made and sent.
import diagnostics from 'node:diagnostics_channel';
import http from 'node:http';
import { collectDefaultMetrics, Histogram, register } from 'prom-client';

collectDefaultMetrics();
const durations = new Histogram({
  name: 'http_request_duration_seconds',
  help: 'Time of requests',
  labelNames: ['method', 'route', 'code'],
});
const ends = new WeakMap();
diagnostics.subscribe('http.server.request.start', ({ request }) => ends.set(request, durations.startTimer()));
diagnostics.subscribe('http.server.response.finish', ({ request, response }) => {
  const route = request.url.replaceAll(/\d+/g, ':id');
  ends.get(request)?.({ method: request.method, route, code: response.statusCode });
});
setInterval(async () => {
  const text = await register.metrics();
  const url = new URL(process.env.BENCH_SCRAPER_URL);
  http
    .request(url, { method: 'POST', headers: { 'content-type': register.contentType } }, answer => answer.resume())
    .end(text);
}, 5000).unref();
