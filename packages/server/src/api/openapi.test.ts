import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { serverSideLink } from './receiver-link.test.support.js';
import { apiDocument } from './start-api.js';

const path = fileURLToPath(new URL('../../../../docs/openapi.json', import.meta.url));

/** As it is committed: the version stands in package.json already, and changes more often than the API. */
const document = apiDocument({
  receiver: serverSideLink(),
  version: '1',
  startedAtMs: 0,
  demo: false,
  dataDir: '',
});

test('docs/openapi.json says what the server answers (to renew it: WRITE_OPENAPI=1 npx vitest run openapi; npx oxfmt docs/openapi.json)', async () => {
  if (process.env['WRITE_OPENAPI'] === '1') await writeFile(path, `${JSON.stringify(document, null, 2)}\n`);
  expect(JSON.parse(await readFile(path, 'utf8'))).toEqual(document);
});

test('every route is described with its parameters and its answer', () => {
  const { paths } = document as {
    paths: Record<string, Record<string, { parameters: { name: string; required: boolean }[] }>>;
  };
  expect(Object.keys(paths)).toContain('/api/bw/v1/services/{service}/overview');
  expect(Object.keys(paths)).toContain('/api/bw/v1/logs/tail');
  const traces = paths['/api/bw/v1/traces']?.['get']?.parameters ?? [];
  expect(traces.filter(parameter => parameter.required).map(({ name }) => name)).toEqual(['from', 'to']);
});
