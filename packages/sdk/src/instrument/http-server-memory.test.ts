import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { setActiveRecorder } from '../core/active-recorder.js';
import { Recorder } from '../core/recorder.js';
import { type Scope, scopes } from '../core/scope.js';
import { requestAttributes } from '../errors/request-facts.js';
import { httpServer } from './http-server.js';
import { attachAll } from './instrumentation.js';
import { requestOf, type ServerRequest } from './server-request.js';

setFlagsFromString('--expose-gc');
// The flag gives new contexts a function that collects garbage.
const collectGarbage = runInNewContext('gc') as () => void;

/** How many of what is referred to is still there. */
async function alive(references: readonly WeakRef<object>[]): Promise<number> {
  for (let round = 0; round < 5; round++) {
    await new Promise(resolve => setTimeout(resolve, 20));
    collectGarbage();
  }
  return references.filter(reference => reference.deref() !== undefined).length;
}

function answer(request: http.IncomingMessage, response: http.ServerResponse): void {
  switch (request.url) {
    case '/streamed':
      response.write('first');
      setTimeout(() => response.end('last'), 2);
      break;
    case '/never':
      // The client goes away before the answer.
      break;
    default:
      response.end('done');
  }
}

test('of requests nothing stays: answered, streamed, aborted, over connections that live on, with and without sampling', async () => {
  for (const sampling of [1, 0]) {
    const recorder = new Recorder(readConfig({ sampling }, {}), () => {});
    setActiveRecorder(recorder);
    const attached = attachAll([httpServer], { recorder, disabled: [], onLoad: () => () => {} });
    const requests: WeakRef<ServerRequest>[] = [];
    const contexts: WeakRef<Scope>[] = [];
    const server = http.createServer((request, response) => {
      const [entry, scope] = [requestOf(request), scopes.getStore()];
      if (entry !== undefined) requests.push(new WeakRef(entry));
      if (scope !== undefined) contexts.push(new WeakRef(scope));
      answer(request, response);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    // A server that listens on TCP has such an address.
    const { port } = server.address() as AddressInfo;
    const agent = new http.Agent({ keepAlive: true, maxSockets: 4 });
    const get = (path: string): Promise<void> =>
      new Promise(resolve => {
        const request = http.get({ host: '127.0.0.1', port, path, agent }, response => {
          response.resume();
          response.on('end', resolve);
        });
        request.on('error', () => resolve());
        if (path === '/never') setTimeout(() => request.destroy(), 5);
      });
    for (let round = 0; round < 30; round++)
      await Promise.all(['/', '/streamed', '/never', '/', '/streamed', '/never', '/', '/'].map(get));
    // A few are aborted before they are sent.
    expect(requests.length).toBeGreaterThan(200);
    expect(contexts.length).toBe(requests.length);
    // The last request of each open connection may be known to Node still.
    const [requestsLeft, contextsLeft] = [await alive(requests), await alive(contexts)];
    expect(Math.max(requestsLeft, contextsLeft)).toBeLessThan(12);
    expect([...recorder.faults]).toEqual([]);
    agent.destroy();
    server.close();
    attached.detach();
    setActiveRecorder(undefined);
  }
});

test('who still holds the scope of a request that has ended holds nothing of Node, and is told of it as before', async () => {
  const recorder = new Recorder(readConfig({}, {}), () => {});
  const attached = attachAll([httpServer], { recorder, disabled: [], onLoad: () => () => {} });
  const scopesKept: Scope[] = [];
  const ofNode: WeakRef<object>[] = [];
  const server = http.createServer((request, response) => {
    ofNode.push(new WeakRef(request), new WeakRef(response));
    const scope = scopes.getStore();
    if (scope !== undefined) scopesKept.push(scope);
    response.end('done');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  // A server that listens on TCP has such an address.
  const { port } = server.address() as AddressInfo;
  for (let round = 0; round < 20; round++) {
    const headers = { 'user-agent': 'shop/1', connection: 'close' };
    const answer = await fetch(`http://127.0.0.1:${port}/orders/7?page=2`, { headers });
    await answer.text();
  }
  server.close();
  await once(server, 'close');
  expect(ofNode).toHaveLength(40);
  // The last may be known to Node still.
  expect(await alive(ofNode)).toBeLessThan(6);
  expect(scopesKept).toHaveLength(20);
  for (const { shared } of scopesKept)
    expect(requestAttributes(shared)).toEqual({
      'http.request.method': 'GET',
      'url.path': '/orders/7',
      'url.query': 'page=REDACTED',
      'user_agent.original': 'shop/1',
      'client.address': '127.0.0.1',
    });
  expect([...recorder.faults]).toEqual([]);
  attached.detach();
});
