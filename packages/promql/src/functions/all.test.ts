import { expect, test } from 'vitest';
import { functions } from './all.js';
import { signatures } from './signatures.js';

test('every function that the parser knows is there, and no other', () => {
  expect([...functions.keys()].sort()).toEqual([...signatures.keys()].sort());
});

test('every function says what it is for, in a sentence or three', () => {
  for (const { name, doc } of functions.values()) {
    expect([name, doc.endsWith('.'), doc.length > 10 && doc.length < 320]).toEqual([name, true, true]);
  }
});
