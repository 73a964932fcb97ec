import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, expect, test } from 'vitest';
import { ModuleLoads } from './module-loads.js';

const folder = mkdtempSync(join(tmpdir(), 'bellwether-loads-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function install(name: string, version: string): void {
  const path = join(folder, 'node_modules', name);
  mkdirSync(join(path, 'lib'), { recursive: true });
  writeFileSync(join(path, 'package.json'), JSON.stringify({ name, version, main: 'lib/index.js' }));
  writeFileSync(join(path, 'lib/index.js'), 'module.exports = { answer: 42 };');
}

test('a module is told of once, with its version, whether required by name or loaded by its file', () => {
  install('some-lib', '3.2.1');
  install('@scope/other', '1.0.0');
  const loads = new ModuleLoads();
  const seen: unknown[] = [];
  loads.on('some-lib', ({ exports, version }) => seen.push(['some-lib', exports, version]));
  loads.on('@scope/other', ({ exports, version }) => seen.push(['@scope/other', exports, version]));
  const require = createRequire(pathToFileURL(join(folder, 'app.js')));
  for (const name of ['some-lib', 'some-lib', join(folder, 'node_modules/some-lib/lib/index.js'), '@scope/other'])
    require(name);
  expect(seen).toEqual([
    ['some-lib', { answer: 42 }, '3.2.1'],
    ['@scope/other', { answer: 42 }, '1.0.0'],
  ]);
  loads.stop();
});
