import fc from 'fast-check';
import { expect, test } from 'vitest';
import { incidentsOf, isFlapping, type Outage } from './incidents.js';

const minutes = (from: number, to?: number): Outage => ({
  fromMs: from * 60_000,
  toMs: to === undefined ? undefined : to * 60_000,
});

const told = (outages: readonly Outage[], changes: number): readonly string[] =>
  incidentsOf(outages, changes).map(
    ({ fromMs, toMs, downMs, outages: many }) =>
      [fromMs, toMs, downMs].map(ms => (ms === null ? 'on' : ms / 60_000)).join(' ') + (many > 1 ? ` (${many})` : ''),
  );

test('[K5] outages that lie apart are incidents of their own, the newest first; the last may go on', () => {
  expect(told([minutes(0, 5), minutes(100, 101), minutes(300)], 3)).toEqual(['300 on on', '100 101 1', '0 5 5']);
});

test('[K5] outages of an hour with more changes than it may have are one incident', () => {
  const often = [minutes(0, 5), minutes(10, 12), minutes(20, 21), minutes(400, 401)];
  expect(told(often, 6)).toHaveLength(4);
  expect(told(often, 5)).toEqual(['400 401 1', '0 21 8 (3)']);
  // It went on for longer than an hour, with the same pace.
  expect(told([...often.slice(0, 3), minutes(50, 55), minutes(60, 62), minutes(63)], 5)).toEqual(['0 on on (6)']);
  expect(told(often, 0)).toHaveLength(4);
});

test('[K5] it flaps as long as the last hour has more changes than it may', () => {
  const often = [minutes(0, 5), minutes(10, 12), minutes(20)];
  const at = (minute: number, changes: number): boolean => isFlapping(often, changes, minute * 60_000);
  expect([at(21, 4), at(21, 5), at(21, 0)]).toEqual([true, false, false]);
  expect([at(59, 4), at(61, 4)]).toEqual([true, false]);
});

test('no outage is lost or counted twice, whatever their times', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 1, max: 90 }), fc.integer({ min: 1, max: 90 })), { maxLength: 60 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 10 }), (pairs, changes) => {
      let now = 0;
      const outages = pairs.map(([gap, lasts]) => {
        const from = now + gap;
        now = from + lasts;
        return minutes(from, now);
      });
      const incidents = incidentsOf(outages, changes);
      expect(incidents.reduce((sum, each) => sum + each.outages, 0)).toBe(outages.length);
      const down = outages.reduce((sum, each) => sum + (each.toMs ?? 0) - each.fromMs, 0);
      expect(incidents.reduce((sum, each) => sum + (each.downMs ?? 0), 0)).toBe(down);
    }),
  );
});
