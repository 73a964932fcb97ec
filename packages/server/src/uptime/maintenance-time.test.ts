import { maintenanceWindow } from '@bellwether/model';
import { expect, test } from 'vitest';
import { maintenanceTimeAt } from './maintenance-time.js';

/** From when to when, in UTC, as seen from an instant. */
function at(instant: string, settings: object): string {
  const window = maintenanceWindow.parse({ id: 'w', name: 'Upgrade', from: '02:00', minutes: 90, ...settings });
  const time = maintenanceTimeAt(window, Date.parse(instant));
  if (time === undefined) return 'over';
  return [time.fromMs, time.toMs].map(ms => new Date(ms).toISOString().slice(0, 16)).join(' to ');
}

const berlin = { timeZone: 'Europe/Berlin' };

test('[K5] a window of one day is ahead, goes on, and is over, by the clock of its zone', () => {
  const once = { kind: 'once', date: '2026-11-24', ...berlin };
  expect(at('2026-11-01T00:00Z', once)).toBe('2026-11-24T01:00 to 2026-11-24T02:30');
  expect(at('2026-11-24T02:29Z', once)).toBe('2026-11-24T01:00 to 2026-11-24T02:30');
  expect(at('2026-11-24T02:30Z', once)).toBe('over');
});

test('[K5] a window of every week keeps to the clock through summer time, also in the hour that is leapt over', () => {
  const sunday = { kind: 'weekly', day: 'sunday', ...berlin };
  expect(at('2026-11-24T00:00Z', sunday)).toBe('2026-11-29T01:00 to 2026-11-29T02:30');
  expect(at('2026-11-29T02:29Z', sunday)).toBe('2026-11-29T01:00 to 2026-11-29T02:30');
  expect(at('2026-11-29T02:30Z', sunday)).toBe('2026-12-06T01:00 to 2026-12-06T02:30');
  expect(at('2026-07-14T00:00Z', sunday)).toBe('2026-07-19T00:00 to 2026-07-19T01:30');
  // On March 29 the clock goes from 02:00 to 03:00.
  expect(at('2026-03-28T00:00Z', { ...sunday, from: '02:30' })).toBe('2026-03-29T01:30 to 2026-03-29T03:00');
});

test('[K5] a window of every week that lasts for days goes on over midnight, west and east of Greenwich', () => {
  const long = { kind: 'weekly', day: 'friday', from: '23:00', minutes: 4320 };
  expect(at('2026-11-23T09:59Z', { ...long, timeZone: 'Pacific/Kiritimati' })).toBe(
    '2026-11-27T09:00 to 2026-11-30T09:00',
  );
  expect(at('2026-11-23T09:59Z', { ...long, timeZone: 'Pacific/Pago_Pago' })).toBe(
    '2026-11-21T10:00 to 2026-11-24T10:00',
  );
});

const problems = (settings: object): string =>
  maintenanceWindow
    .safeParse({
      id: 'w',
      name: 'Upgrade',
      kind: 'once',
      date: '2026-11-24',
      from: '02:00',
      minutes: 90,
      ...settings,
    })
    .error?.issues.map(({ message }) => message)
    .join() ?? '';

test('[K5] what is no day, no time and no zone is refused with what it must be', () => {
  expect(problems({})).toBe('');
  expect(problems({ date: '2026-02-31' })).toBe('must be a day, as "2026-11-24"');
  expect(problems({ from: '24:00' })).toBe('must be a time of day, as "02:00"');
  expect(problems({ timeZone: 'Europe/Atlantis' })).toBe('must be a time zone, as Europe/Berlin');
  expect(problems({ minutes: 0 })).toBe('must be a whole number of minutes from 1 to 4320');
});
