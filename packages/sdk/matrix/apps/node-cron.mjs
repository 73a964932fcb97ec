import http from 'node:http';
import cron from 'node-cron';

let runs = 0;
cron.schedule('* * * * * *', async function sweep() {
  runs++;
  if (runs === 2) throw new RangeError('dirt');
});

const server = http.createServer((_request, response) => response.end(String(runs)));
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
