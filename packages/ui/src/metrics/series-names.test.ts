import { expect, test } from 'vitest';
import { distinct, fillLegend, seriesText, shortNames } from './series-names.js';

test('a series is written as PromQL writes it', () => {
  expect(seriesText({ __name__: 'up', job: 'a"b', az: 'x' })).toBe('up{az="x", job="a\\"b"}');
  expect(seriesText({ __name__: 'http.server.duration', 'http.route': '/' })).toBe(
    '{"http.server.duration", "http.route"="/"}',
  );
  expect(seriesText({})).toBe('{}');
});

test('a legend is filled with labels; what a series does not have is left out', () => {
  expect(fillLegend('{{service}} {{ code }} {{none}}', { service: 'checkout', code: '500' })).toBe('checkout 500');
  expect(fillLegend('p95', {})).toBe('p95');
});

test('series are named by what differs between them', () => {
  const series = [
    { __name__: 'x', job: 'shop', service: 'checkout' },
    { __name__: 'x', job: 'shop', service: 'payments' },
  ];
  expect(shortNames(series, 'x')).toEqual(['checkout', 'payments']);
  expect(shortNames([{ code: '200' }, { code: '500' }, {}], 'x')).toEqual(['code 200', 'code 500', '(no labels)']);
  expect(
    shortNames(
      [
        { a: 'up', le: '1' },
        { a: 'down', le: '2' },
      ],
      'q',
    ),
  ).toEqual(['up, le 1', 'down, le 2']);
});

test('a single series is the query itself', () => {
  expect(shortNames([{ __name__: 'up', job: 'a' }], 'sum(up)')).toEqual(['sum(up)']);
});

test('no two series have one name', () => {
  expect(distinct(['a', 'b', 'a'])).toEqual(['a', 'b', 'a (2)']);
});
