import { execFile } from 'node:child_process';
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';
import { readConfig } from '../config/config.js';
import { Recorder } from '../core/recorder.js';
import { startFile } from '../test-support/child-app.js';
import { matrixFolder } from '../test-support/matrix.js';
import { startSink } from '../test-support/sink.js';
import { attachAll } from './instrumentation.js';
import { next as instrumentation } from './next.js';

const run = promisify(execFile);

/** Next.js builds an application for a minute, so it is left to the long form. */
const sets = process.env['BELLWETHER_FULL'] === '1' ? ['current', 'previous'] : [];

test.each(sets)(
  '[A4][A5][C1][W2] Next.js (%s): route handlers are named by their route',
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
  },
);

test('[A4] Next.js is waited for where it notes the route that it has matched', () => {
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
  expect(names).toEqual(['next/dist/server/lib/trace/tracer']);
});
