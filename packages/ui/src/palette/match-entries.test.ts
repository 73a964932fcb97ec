import { expect, test } from 'vitest';
import { matchEntries, type PaletteGroup } from './match-entries.js';

const entry = (label: string, words = ''): PaletteGroup['items'][number] => ({
  id: label,
  label,
  words,
  run: () => {},
});
const groups: readonly PaletteGroup[] = [
  { value: 'Pages', items: [entry('Service map'), entry('Services'), entry('Traces', 'spans requests')] },
  { value: 'Actions', items: [entry('Switch to dark', 'theme'), entry('Copy link')] },
];
const found = (text: string): readonly string[] =>
  matchEntries(groups, text).map(({ value, items }) => `${value}: ${items.map(({ label }) => label).join(', ')}`);

test('every word must stand in an entry or in the words it is found by; the front of a label goes before the inside of a word', () => {
  expect(found('ser')).toEqual(['Pages: Service map, Services']);
  expect(found('map ser')).toEqual(['Pages: Service map']);
  expect(found('SPANS')).toEqual(['Pages: Traces']);
  expect(found('theme')).toEqual(['Actions: Switch to dark']);
  expect(found('t')).toEqual(['Pages: Traces', 'Actions: Switch to dark']);
  expect(found('nothing')).toEqual([]);
});

test('without a word all groups are there', () => {
  expect(found('')).toHaveLength(2);
});
