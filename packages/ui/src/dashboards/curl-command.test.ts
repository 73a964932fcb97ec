import { expect, test } from 'vitest';
import { curlOf } from './curl-command.js';

test('a question is a command that a shell takes as it is', () => {
  expect(curlOf('http://127.0.0.1:4300', { expr: `up{job='a'}`, fromMs: 1000, toMs: 61_000, stepMs: 15_000 })).toBe(
    [
      `curl -s 'http://127.0.0.1:4300/api/v1/query_range'`,
      `  --data-urlencode 'query=up{job='\\''a'\\''}'`,
      `  --data-urlencode 'start=1'`,
      `  --data-urlencode 'end=61'`,
      `  --data-urlencode 'step=15'`,
    ].join(' \\\n'),
  );
  expect(curlOf('http://x', { expr: 'up', fromMs: 0, toMs: 61_000, stepMs: undefined })).toContain("'time=61'");
});
