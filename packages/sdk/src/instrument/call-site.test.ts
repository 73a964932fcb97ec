import { expect, test } from 'vitest';
import { Sources } from '../errors/sources.js';
import { callSite, callsOf, noteStack } from './call-site.js';

const sources = new Sources(false, () => {});

function theirs(): never {
  throw new Error('must not be called');
}

test('a stack that an application prepares by itself, or that is no text, is no fault; what it has set stays', () => {
  const before = Reflect.get(Error, 'prepareStackTrace');
  Reflect.set(Error, 'prepareStackTrace', theirs);
  try {
    expect(callsOf(noteStack())).toEqual([]);
    expect(Reflect.get(Error, 'prepareStackTrace')).toBe(theirs);
  } finally {
    Reflect.set(Error, 'prepareStackTrace', before);
  }
  expect(callsOf({ stack: 7 })).toEqual([]);
});

test('[D9] a driver that keeps a stack as text is read too; libraries are skipped', () => {
  const stack = `Error
    at cachedError (file:///app/node_modules/postgres/src/query.js:170:1)
    at Object.slowReport (file:///app/reports.js:12:9)
    at main (file:///app/main.js:3:1)`;
  expect(callSite(callsOf({ stack }), sources)).toEqual({
    'code.file.path': '/app/reports.js',
    'code.line.number': 12,
    'code.function.name': 'slowReport',
  });
});
