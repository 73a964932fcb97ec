import { checkDefinition, statusPageSettings, viewToSave } from '@bellwether/model';
import { expect, test } from 'vitest';
import type { z } from 'zod';
import { parameterFault } from './parameter-fault.js';

const faults = (schema: z.ZodType, body: unknown): readonly string[] =>
  (schema.safeParse(body, { error: parameterFault }).error?.issues ?? []).map(
    ({ path, message }) => `${path.join('.')}: ${message}`,
  );

test('a body of another shape is told which one is needed', () => {
  expect(faults(viewToSave, [])).toEqual([': needs an object']);
  expect(faults(viewToSave, null)).toEqual([': needs an object']);
  expect(faults(viewToSave, { name: ['a', 'b'], address: '/logs' })).toEqual([
    'name: is given more than once: give it once',
  ]);
  const check = { kind: 'http', id: 'shop', url: 'https://shop.example/' };
  expect(faults(checkDefinition, { ...check, expectJson: { 'a b': 1 } })).toEqual([
    'expectJson.a b: must be a path into JSON, as checks.database or items.0.state',
  ]);
  expect(faults(checkDefinition, { ...check, expectJson: { a: {} } })).toEqual([
    'expectJson.a: must be a text, a number, true, false or null',
  ]);
});

test('what the store would cut off is refused: a text ends there at U+0000', () => {
  const why = 'must not hold the character U+0000: leave it out';
  expect(faults(statusPageSettings, { slug: 'shop', title: '', note: 'We know.\0 It will be back at nine.' })).toEqual([
    `note: ${why}`,
  ]);
  expect(faults(viewToSave, { name: 'slow\0', address: '/traces' })).toEqual([`name: ${why}`]);
});
