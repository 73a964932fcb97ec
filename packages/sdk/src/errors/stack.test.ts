import fc from 'fast-check';
import { expect, test } from 'vitest';
import { framesOf } from './stack.js';

const stack = `TypeError: no card
    at not a frame (/of/the/message.js:1:1)
    at Order.pay (/srv/app/dist/orders/pay.js:12:7)
    at async file:///srv/app/dist/main%20file.mjs:40:3
    at new Cart (/srv/app/cart.js:1:2)
    at Layer.handle [as handle_request] (/srv/app/node_modules/express/lib/layer.js:95:5)
    at eval (eval at run (/srv/app/run.js:3:4), <anonymous>:1:1)
    at Array.map (<anonymous>)
    at async Promise.all (index 0)
    at C:\\app\\x.js
    at process.processTicksAndRejections (node:internal/process/task_queues:105:5)`;

test('frames have their function, file, line and column, and are told apart from those of libraries', () => {
  const message = 'no card\n    at not a frame (/of/the/message.js:1:1)';
  const frames = framesOf(stack, message).map(({ function: name, place, isOwn }) => [
    name,
    place === undefined ? undefined : `${place.file}:${place.line}:${place.column}`,
    isOwn,
  ]);
  expect(frames).toEqual([
    ['Order.pay', '/srv/app/dist/orders/pay.js:12:7', true],
    [undefined, '/srv/app/dist/main file.mjs:40:3', true],
    ['Cart', '/srv/app/cart.js:1:2', true],
    ['Layer.handle', '/srv/app/node_modules/express/lib/layer.js:95:5', false],
    ['eval', undefined, false],
    ['Array.map', undefined, false],
    ['Promise.all', undefined, false],
    [undefined, undefined, false],
    ['process.processTicksAndRejections', 'node:internal/process/task_queues:105:5', false],
  ]);
});

test('any text is read without throwing, and gives at most 50 frames', () => {
  fc.assert(
    fc.property(
      fc.string({ unit: fc.constantFrom('\n', '    at ', '(', ')', ':1', 'a', 'file://', '%', ' ') }),
      text => {
        expect(framesOf(text, '').length).toBeLessThanOrEqual(50);
      },
    ),
  );
  expect(framesOf('    at a (/b.js:1:1)\n'.repeat(500), '')).toHaveLength(50);
});

test('hostile text takes no time', () => {
  for (const unit of ['    at ', '(', ' (', ':1:1', '    at a (b:1:1)\n', ' ']) {
    const before = process.cpuUsage();
    framesOf(unit.repeat(Math.ceil(200_000 / unit.length)), '');
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(100);
  }
});
