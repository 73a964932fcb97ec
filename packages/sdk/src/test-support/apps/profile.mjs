import http from 'node:http';
import { admin, profile } from '@bellwether/node';

function searchSlowly(ms) {
  const until = performance.now() + ms;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum;
}

const kept = [];
function keepMuch() {
  for (let i = 0; i < 400_000; i++) kept.push({ i, text: `kept ${i}` });
}

const view = admin({ guard: { key: 'open-sesame' } });
const server = http.createServer(async (request, response) => {
  if (request.url.startsWith('/admin')) return view.listener(request, response);
  const [path, kind = 'cpu'] = (request.url ?? '').slice(1).split('-');
  if (path === 'search') searchSlowly(60);
  if (path === 'keep') keepMuch();
  if (path === 'profile') {
    // The answer is sent at once, so that this request is not in progress meanwhile.
    response.end('begun');
    const { pprof, traceIds } = await profile({ kind, durationMs: 1200 });
    console.log(`profile ${kind} ${pprof.toString('base64')} ${traceIds.length}`);
    return;
  }
  response.end('done');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
