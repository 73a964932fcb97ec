import { expect, test } from 'vitest';
import { readMarkdown } from './markdown.js';

test('headings, lists, links and code are read', () => {
  expect(
    readMarkdown('## On call\n\nAsk **Ana** in `#ops`, or [the book](https://example.org/book).\n\n- one\n- *two*\n'),
  ).toEqual([
    { kind: 'heading', level: 2, inlines: [{ kind: 'text', text: 'On call' }] },
    {
      kind: 'paragraph',
      inlines: [
        { kind: 'text', text: 'Ask ' },
        { kind: 'strong', text: 'Ana' },
        { kind: 'text', text: ' in ' },
        { kind: 'code', text: '#ops' },
        { kind: 'text', text: ', or ' },
        { kind: 'link', text: 'the book', url: 'https://example.org/book' },
        { kind: 'text', text: '.' },
      ],
    },
    { kind: 'list', isOrdered: false, items: [[{ kind: 'text', text: 'one' }], [{ kind: 'em', text: 'two' }]] },
  ]);
});

test('HTML stays text', () => {
  expect(readMarkdown('<img src=x onerror=alert(1)>')).toEqual([
    { kind: 'paragraph', inlines: [{ kind: 'text', text: '<img src=x onerror=alert(1)>' }] },
  ]);
});

test('tables have cells; a fence without an end holds the rest', () => {
  expect(readMarkdown('a | b\n--|--\n1 | 2')).toEqual([
    {
      kind: 'table',
      rows: [
        [[{ kind: 'text', text: 'a' }], [{ kind: 'text', text: 'b' }]],
        [[{ kind: 'text', text: '1' }], [{ kind: 'text', text: '2' }]],
      ],
    },
  ]);
  expect(readMarkdown('```\nup{job="a"}\n# not a heading')).toEqual([
    { kind: 'code', text: 'up{job="a"}\n# not a heading' },
  ]);
});

test('a long text of marks is read at once', () => {
  const start = process.cpuUsage().user;
  readMarkdown('*a '.repeat(30_000));
  readMarkdown('['.repeat(90_000));
  readMarkdown('`'.repeat(90_000));
  expect(process.cpuUsage().user - start).toBeLessThan(3_000_000);
});
