// A service with a health kit and no handler for signals, unless one is asked for.
import http from 'node:http';
import { health } from '@bellwether/node';

const kit = health({ checks: { db: () => 1 }, drainMs: Number(process.env.DRAIN_MS ?? 0) });
const server = http.createServer((request, response) => kit.listener(request, response, () => response.end('ok')));
server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
if (process.env.OWN_HANDLER === '1') process.on('SIGTERM', () => setTimeout(() => process.exit(4), 2500));
