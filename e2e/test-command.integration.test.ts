import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Instance, newDataDir, removeDataDir, root, startInstance } from './src/instance.ts';

const dataDir = newDataDir();
let instance: Instance;

beforeAll(async () => {
  instance = await startInstance(dataDir);
});
afterAll(async () => {
  await instance.stop();
  removeDataDir(dataDir);
});

interface Said {
  readonly code: number | null;
  readonly text: string;
}

async function testCommand(environment: Record<string, string>, ...flags: readonly string[]): Promise<Said> {
  const cli = join(root, 'packages/sdk/dist/bundle/cli.js');
  const child = spawn(process.execPath, [cli, 'test', ...flags], {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
  });
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', chunk => (text += String(chunk)));
  const code = await new Promise<number | null>(resolve => child.once('close', resolve));
  return { code, text };
}

// What docs/guide/first-run.md shows.
test('[I12] one command sends an error, a trace, a log line, a metric and a business event, and says where each can be seen', async () => {
  const { code, text } = await testCommand({ BELLWETHER_URL: instance.otlp }, '--pages', instance.api);
  const [, traceId = ''] = /The trace is ([\da-f]{32})\./.exec(text) ?? [];
  expect(
    text
      .replaceAll(instance.api, 'PAGES')
      .replaceAll(instance.otlp, 'INGEST')
      .replaceAll(traceId, 'ID')
      .trim()
      .split('\n'),
  ).toEqual([
    'Sending to INGEST, without a key.',
    'One error, one trace, one log line, one metric and one business event were taken. The trace is ID.',
    'The trace can be seen: PAGES/traces/ID',
    'The error can be seen: PAGES/logs?q=trace_id%3AID',
    'The log line can be seen: PAGES/logs?q=trace_id%3AID',
    'The business event can be seen: PAGES/logs?q=trace_id%3AID',
    'The metric can be seen: PAGES/metrics?q=%7B__name__%3D~%22bellwether_test_runs.*%22%2Cjob%3D%22bellwether-test%22%7D',
  ]);
  expect(code).toBe(0);
});

test('[I12] where nothing can be sent, it says why and what to do, and fails', async () => {
  const path = await testCommand({ BELLWETHER_URL: `${instance.otlp}/v1/traces`, BELLWETHER_KEY: 'bw-secret' });
  expect(path.text).toContain(`Leave that out: BELLWETHER_URL=${instance.otlp}`);
  const pages = await testCommand({ BELLWETHER_URL: instance.api });
  expect(pages.text).toContain('answers, but does not take telemetry at /v1/traces');
  const nobody = await testCommand({ BELLWETHER_URL: 'http://127.0.0.1:9' });
  expect(nobody.text).toContain('Start Bellwether with: npx bellwether up.');
  const off = await testCommand({ BELLWETHER_ENABLED: 'false' });
  expect(off.text).toContain('switched off');
  expect([path.code, pages.code, nobody.code, off.code]).toEqual([1, 1, 1, 2]);
  expect(path.text).not.toContain('bw-secret');
});
