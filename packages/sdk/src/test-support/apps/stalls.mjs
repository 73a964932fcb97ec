import http from 'node:http';

function standStill(ms) {
  const until = performance.now() + ms;
  let sum = 0;
  while (performance.now() < until) sum += Math.sqrt(sum + 1);
  return sum;
}

const big = JSON.stringify(Array.from({ length: 400_000 }, (_, i) => ({ i, text: `item ${i}` })));
function parseAll() {
  let count = 0;
  for (let times = 0; times < 3; times++) count += JSON.parse(big).length;
  return count;
}

const server = http.createServer((request, response) => {
  if (request.url === '/block') standStill(300);
  if (request.url === '/parse') parseAll();
  if (request.url === '/exit') setTimeout(() => process.exit(0), 50);
  response.end('done');
});
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
