import { expect, test } from 'vitest';
import { consoleLog, logLevel } from './console-log.js';

test('[J2] a message is one line: time, level, name, text, facts', () => {
  const lines: string[] = [];
  const log = consoleLog('server', 'warn', line => void lines.push(line));
  log.info({}, 'not shown');
  log.warn({ reason: 'disk is full', rows: 3 }, 'a block could not be stored');
  log.error({ err: new TypeError('x is not y') }, 'it broke');
  expect(lines.map(line => line.replace(/^\S+Z/, '<time>'))).toEqual([
    '<time> | warn | server | a block could not be stored | reason="disk is full" rows=3\n',
    '<time> | error | server | it broke | err="TypeError: x is not y"\n',
  ]);
});

test('what came from outside can neither begin a line nor move the cursor', () => {
  const lines: string[] = [];
  consoleLog('server', 'warn', line => void lines.push(line)).warn(
    { sender: 'a\n2026 | error | b\u001b[2J\u009b2J\u007f' },
    'refused',
  );
  expect(lines.join('').trimEnd()).not.toMatch(/\p{Cc}/u);
});

test('[J3] the level comes from the environment; an unknown one is warn', () => {
  expect([logLevel('debug'), logLevel('silent'), logLevel('loud'), logLevel(undefined)]).toEqual([
    'debug',
    'silent',
    'warn',
    'warn',
  ]);
});
