import fc from 'fast-check';
import { expect, test } from 'vitest';
import { maxValueChars } from '../otlp/key-value.js';
import { errorAttributes } from './error-attributes.js';
import type { ErrorEvent } from './error-event.js';
import { exceptionsOf, type SeenException } from './exceptions.js';
import type { SourcePlace } from './source-place.js';

function event(seen: readonly SeenException[], facts: Partial<ErrorEvent> = {}): ErrorEvent {
  return {
    id: 'e1',
    kind: 'exception',
    level: 'error',
    message: 'x',
    exceptions: seen.map(({ id, type, message }) => ({ id, type, message })),
    user: undefined,
    tags: {},
    contexts: {},
    extra: {},
    breadcrumbs: [],
    fingerprint: undefined,
    ...facts,
  };
}

const mechanism = { type: 'generic', handled: true } as const;
const parts = { mechanism, request: {}, sourceOf: () => undefined, isDetailed: true };

test('what the hook changed or took out is what is shown', () => {
  const seen = exceptionsOf(new Error('with a name: Ann', { cause: new TypeError('secret') }));
  const changed = event(seen, { exceptions: [{ id: 0, type: 'OrderError', message: 'with a name: *' }] });
  const attributes = errorAttributes(changed, { ...parts, seen });
  expect(attributes).toMatchObject({ 'exception.type': 'OrderError', 'exception.message': 'with a name: *' });
  expect(attributes['exception.stacktrace']).toMatch(/^OrderError: with a name: \*\n {4}at /);
  expect(JSON.stringify(attributes)).not.toMatch(/Ann|secret/);
});

/** A source whose lines are this long. */
function wide(length: number): SourcePlace {
  const lines = { before: ['x'.repeat(length)], at: 'y'.repeat(length), after: ['z'.repeat(length)] };
  return { file: '/srv/app/src/orders.ts', line: 1, column: 1, isMapped: false, lines };
}

test('lists are JSON that fits into an attribute, whatever is in them: first source lines go, then old calls', () => {
  const frame = {
    text: 'pay (/srv/app/a.js:1:1)',
    function: 'pay',
    isOwn: true,
    place: { file: '/srv/app/a.js', line: 1, column: 1 },
  };
  fc.assert(
    fc.property(
      fc.array(fc.record({ message: fc.string({ maxLength: 4000 }), frames: fc.nat(50) }), {
        minLength: 1,
        maxLength: 10,
      }),
      fc.nat(161),
      fc.array(fc.string({ maxLength: 2000 }), { maxLength: 101 }),
      (list, lineChars, crumbs) => {
        const seen = list.map(({ message, frames }, id) => ({
          type: 'Error',
          message,
          frames: Array.from({ length: frames }, () => frame),
          id,
          parentId: id === 0 ? undefined : id - 1,
          relation: id === 0 ? undefined : 'cause',
          isAggregate: false,
        }));
        const crumbed = event(seen, { breadcrumbs: crumbs.map(message => ({ message })) });
        const attributes = errorAttributes(crumbed, { ...parts, seen, sourceOf: () => wide(lineChars) });
        for (const name of ['sentry.exception', 'sentry.breadcrumbs']) {
          const json = attributes[name];
          if (json === undefined) continue;
          expect(String(json).length).toBeLessThan(maxValueChars);
          expect(Array.isArray(JSON.parse(String(json)))).toBe(true);
        }
        expect(String(attributes['exception.stacktrace'] ?? '').length).toBeLessThanOrEqual(maxValueChars);
      },
    ),
    { numRuns: 50 },
  );
});

test('of many breadcrumbs the newest stay', () => {
  const breadcrumbs = Array.from({ length: 100 }, (_, index) => ({ message: `${index} ${'x'.repeat(1000)}` }));
  const attributes = errorAttributes(event([], { breadcrumbs }), { ...parts, seen: [] });
  const shown: { message: string }[] = JSON.parse(String(attributes['sentry.breadcrumbs']));
  expect(shown.at(-1)?.message).toMatch(/^99 /);
  expect(shown.length).toBeGreaterThan(10);
});
