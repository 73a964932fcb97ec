import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { startFile } from '../test-support/child-app.js';
import { matrixFolder } from '../test-support/matrix.js';
import { startSink } from '../test-support/sink.js';
import { onRequestError } from '../user/frameworks/next-hook.js';

const run = promisify(execFile);

/** Next.js builds an application for a minute, so it is left to the long form. */
const sets = process.env['BELLWETHER_FULL'] === '1' ? ['current', 'previous'] : [];

test.each(sets)(
  '[A4][A5][C1][W2] Next.js (%s): route handlers are named by their route, and errors come by its hook',
  { timeout: 600_000 },
  async set => {
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
    for (const path of ['/orders/7', '/fails', '/nowhere/7']) statuses.push((await app.get(path)).status);
    expect(statuses).toEqual([200, 500, 404]);
    await app.stop();
    const requests = sink.spans.filter(span => span.kind === 2 && span.scope === '@bellwether/node');
    expect(requests.map(span => span.name)).toEqual(['GET /orders/[order]', 'GET /fails', 'GET']);
    const reported = sink.logs.map(log => log.attributes['exception.type']).filter(type => type !== undefined);
    expect(reported).toEqual(['RangeError']);
  },
);

test('[A3] the hook of Next.js does nothing while the SDK is off', () => {
  expect(onRequestError(new RangeError('out of range'), {}, { routePath: '/orders/[order]' })).toBeUndefined();
});
