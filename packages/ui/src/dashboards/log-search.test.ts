import { expect, test } from 'vitest';
import { logSearch } from './log-search.js';

test.each([
  ['level:error refused', 'level:error refused', false],
  ['{app="checkout"} |= "order placed"', 'service:checkout "order placed"', false],
  ['{service_name="a", level=~"warn|error"} != `health`', 'service:a (level:warn OR level:error) -"health"', false],
  ['{job="a"} | json | status > 400', 'service:a', true],
  ['{job=~".+"}', '', false],
  ['{app="a b\\"c"}', 'service:"a b\\"c"', false],
])('%s is searched as %s', (text, q, hasNote) => {
  const search = logSearch(text);
  expect([search.q, search.note !== undefined]).toEqual([q, hasNote]);
});
