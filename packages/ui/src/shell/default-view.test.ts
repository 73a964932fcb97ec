import { expect, test } from 'vitest';
import { defaultSearch } from './default-view.js';

test('a page is opened with the filters of its default, at the time range that the application has', () => {
  const views = [
    { id: 'a', name: 'a', address: '/logs?q=level:warn', savedMs: 0, isDefault: false },
    { id: 'b', name: 'b', address: '/logs?q=level:error&wrap=1&from=now-1h&env=test', savedMs: 0, isDefault: true },
  ];
  expect(defaultSearch(views, '/logs')).toEqual({ q: 'level:error', wrap: '1' });
  expect(defaultSearch(views, '/traces')).toEqual({});
  expect(defaultSearch([], '/logs')).toEqual({});
});
