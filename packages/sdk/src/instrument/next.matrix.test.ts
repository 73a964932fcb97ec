import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Recorder } from '../core/recorder.js';
import { startFile } from '../test-support/child-app.js';
import { type MatrixCase, matrixFolder, recordPassed } from '../test-support/matrix.js';
import { startSink } from '../test-support/sink.js';
import { attachAll } from './instrumentation.js';
import { next as instrumentation } from './next.js';

const run = promisify(execFile);

/** Next.js builds an application for a minute, so it is left to the long form. */
const sets: readonly MatrixCase['set'][] = process.env['BELLWETHER_FULL'] === '1' ? ['current', 'previous'] : [];
const own = Number(process.versions.node.split('.')[0]);

test.each(sets)(
  '[A4][A5][A6][C1][W2] Next.js (%s): route handlers, pages and API routes are named by their route, and what they throw is reported with the request',
  { timeout: 600_000 },
  async set => {
    if (own === 20 || own === 22 || own === 24 || own === 26)
      recordPassed({ library: 'next', set, form: 'esm', nodeMajor: own, name: `next, ${set}` });
    const folder = join(matrixFolder, set, '.apps', `next-${process.pid}`);
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    cpSync(join(matrixFolder, 'apps/next'), folder, { recursive: true });
    const next = join(matrixFolder, set, 'node_modules/next/dist/bin/next');
    await run(process.execPath, [next, 'build'], {
      cwd: folder,
      env: { ...process.env, NEXT_TELEMETRY_DISABLED: '1', NODE_ENV: 'production' },
    });
    const sink = await startSink();
    onTestFinished(() => sink.close());
    const app = await startFile(join(folder, 'server.mjs'), {
      name: 'next',
      environment: { BELLWETHER_URL: sink.url, NODE_ENV: 'production' },
    });
    onTestFinished(async () => void (await app.stop('SIGKILL')));
    const statuses: number[] = [];
    const paths = [
      '/orders/7',
      '/fails',
      '/moved',
      '/nowhere/7',
      '/api/items/7',
      '/api/items/none',
      '/shelves/7',
      '/shelves/none',
      '/shop',
      '/shop?fails=yes',
    ];
    for (const path of paths) statuses.push((await app.get(path)).status);
    // Who is redirected goes on to the first again.
    expect(statuses).toEqual([200, 500, 200, 404, 200, 500, 200, 500, 200, 500]);
    await app.stop();
    const requests = sink.spans.filter(span => span.kind === 2 && span.scope === '@bellwether/node');
    expect(requests.map(span => span.name)).toEqual([
      'GET /orders/[order]',
      'GET /fails',
      'GET /moved',
      'GET /orders/[order]',
      'GET',
      'GET /api/items/[item]',
      'GET /api/items/[item]',
      'GET /shelves/[shelf]',
      'GET /shelves/[shelf]',
      'GET /shop',
      'GET /shop',
    ]);
    const errors = sink.logs.filter(log => log.eventName === 'exception');
    expect(
      errors.map(({ attributes, traceId }) => [
        attributes['exception.type'],
        attributes['http.route'],
        requests.findIndex(request => request.traceId === traceId),
      ]),
    ).toEqual([
      ['RangeError', '/fails', 1],
      ['TypeError', '/api/items/[item]', 6],
      ['SyntaxError', '/shelves/[shelf]', 8],
      ['EvalError', '/shop', 10],
    ]);
  },
);

test('[A4] Next.js is waited for where it notes the route that it has matched, and where it tells of errors', () => {
  const names: string[] = [];
  const attached = attachAll([instrumentation], {
    recorder: new Recorder(readConfig({}, {}), () => {}),
    disabled: [],
    onLoad(name) {
      names.push(name);
      return () => {};
    },
  });
  attached.detach();
  expect(names.slice(0, 3)).toEqual([
    'next/dist/server/lib/trace/tracer',
    'next/dist/compiled/next-server/pages-api.runtime.prod',
    'next/dist/compiled/next-server/pages-api.runtime.dev',
  ]);
});
