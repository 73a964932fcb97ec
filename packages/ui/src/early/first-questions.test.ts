import { expect, test } from 'vitest';
import { firstQuestions } from './first-questions.js';

const nowMs = 1_800_000_000_000;
const hourMs = 3_600_000;
const last15 = `from=${nowMs - hourMs / 4}&to=${nowMs}`;
const root = '/api/bw/v1';

test.each([
  ['/', '', ['/status', `/services?${last15}`]],
  ['/services', '?from=now-1h&env=prod', [`/services?from=${nowMs - hourMs}&to=${nowMs}&env=prod`]],
  [
    '/services',
    '?from=now-1h&cmp=prev',
    [`/services?from=${nowMs - hourMs}&to=${nowMs}&cmpFrom=${nowMs - 2 * hourMs}&cmpTo=${nowMs - hourMs}`],
  ],
  ['/services', '?view=offenders', [`/offenders?${last15}`]],
  ['/services/check%2Fout', '', [`/services/check%2Fout/charts?${last15}`]],
  ['/services/check%2Fout/endpoints', '', [`/services/check%2Fout/overview?${last15}`]],
  [
    '/traces',
    '?from=1700000000000&to=1700000060000&q=service:a b&sort=slowest',
    [
      '/traces?from=1700000000000&to=1700000060000&q=service%3Aa+b&sort=slowest&limit=100',
      '/traces/histogram?from=1700000000000&to=1700000060000&q=service%3Aa+b&steps=120',
    ],
  ],
  ['/traces/662E41', '', ['/traces/662E41']],
  ['/logs', '', [`/logs?${last15}&limit=200`, `/logs/histogram?${last15}&steps=120`]],
  ['/logs', '?view=patterns', [`/logs/histogram?${last15}&steps=120`]],
  ['/logs', '?live=1', []],
  ['/errors', '?state=resolved', [`/errors?${last15}&state=resolved&limit=200`]],
  ['/errors/0f', '?event=l1', [`/errors/0f/event?${last15}&event=l1`]],
  ['/databases/a%20b/queries/0f', '', [`/databases/a%20b/queries/0f?${last15}`]],
  ['/uptime', '', ['/checks']],
  ['/settings/data', '', []],
  ['/nowhere', '', []],
])('%s%s asks %j first', (path, search, asked) => {
  expect(firstQuestions(path, search, nowMs)).toEqual(asked.map(each => root + each));
});

test('an address that is no valid encoding and a range that is nonsense ask what the page asks', () => {
  expect(firstQuestions('/errors/%E0%A4%A', '?from=soon&to=&cmp=never', nowMs)).toEqual([
    `${root}/errors/%25E0%25A4%25A/event?${last15}`,
  ]);
});
