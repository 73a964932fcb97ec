import { expect, test } from 'vitest';
import { readFilter, writeFilter } from './ad-hoc-filter.js';
import { withFilters } from './filter-query.js';

test('filters go into every selector of a query, and nowhere else', () => {
  expect(withFilters('sum(rate(a{x="1"}[5m])) / count(b) + vector(1)', ['job|=|shop', 'env|!~|dev.*'])).toBe(
    'sum(rate(a{x="1", job="shop", env!~"dev.*"}[5m])) / count(b{job="shop", env!~"dev.*"}) + vector(1)',
  );
});

test('what a value holds cannot end the text it stands in', () => {
  expect(withFilters('up', ['job|=|a"} or vector(1) #'])).toBe('up{job="a\\"} or vector(1) #"}');
});

test('a query that cannot be read stays out, and a filter that is none does nothing', () => {
  expect(withFilters('sum(', ['job|=|a'])).toBeUndefined();
  expect(withFilters('up', ['job', '|=|a', 'a|<|3', 'job|=~|a__gfp__b'])).toBe('up{job=~"a|b"}');
});

test('a filter stands in an address as Grafana writes it', () => {
  const filter = { label: 'job', op: '=~', value: 'a|b' } as const;
  expect(writeFilter(filter)).toBe('job|=~|a__gfp__b');
  expect(readFilter(writeFilter(filter))).toEqual(filter);
});
