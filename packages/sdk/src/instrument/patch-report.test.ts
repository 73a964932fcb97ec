import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import type { Attachment } from './instrumentation.js';
import { explain } from './patch-report.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-report-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

for (const [name, type] of [
  ['pg', 'commonjs'],
  ['hono', 'module'],
] as const) {
  mkdirSync(join(folder, 'node_modules', name), { recursive: true });
  writeFileSync(join(folder, 'node_modules', name, 'package.json'), JSON.stringify({ name, version: '4.1.0', type }));
}

const application = { folder, dependencies: new Set(['pg', 'hono', 'gone']), isCommonJs: false };
const one = (library: string, more: Partial<Attachment> = {}): Attachment => ({
  name: library,
  via: 'patch',
  state: 'waiting',
  version: undefined,
  reason: undefined,
  libraries: [library],
  by: undefined,
  ...more,
});

test('[A4] a library that the application depends on and that is not seen is named with its version and why', () => {
  const reach = { by: 'nothing', reason: 'no hooks here' } as const;
  const [pg, hono, gone, koa] = explain([one('pg'), one('hono'), one('gone'), one('koa')], { application, reach });
  expect([pg?.version, pg?.reason]).toEqual(['4.1.0', expect.stringContaining('not loaded so far; when it is in use')]);
  expect(hono?.reason).toContain('as an ES module it would not be seen: no hooks here');
  expect([gone?.reason, koa?.reason]).toEqual([undefined, undefined]);
});

test('[A4] one that was loaded before us says what to do; one that is seen, disabled or broken stays as it is', () => {
  const reach = { by: 'hooks' } as const;
  const seen = one('pg', { state: 'seen', by: 'require' });
  const broken = one('pg', { state: 'failed', reason: 'too old' });
  const off = one('pg', { state: 'disabled' });
  const [late, ...others] = explain([one('pg', { state: 'seen', by: 'late' }), seen, broken, off], {
    application,
    reach,
  });
  expect(late?.reason).toContain('--import @bellwether/node/register');
  expect(others).toEqual([seen, broken, off]);
});
