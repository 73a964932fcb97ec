import type { MaintenanceTime, MaintenanceWindow } from '@bellwether/model';

const minuteMs = 60_000;
const dayMs = 86_400_000;
const weekdays = ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'];
const longestDays = 3;

/** The time of a window that an instant lies in, or the next one after it; undefined: the window is over. */
export function maintenanceTimeAt(window: MaintenanceWindow, atMs: number): MaintenanceTime | undefined {
  for (const midnightMs of midnights(window, atMs)) {
    const [hours = 0, minutes = 0] = window.from.split(':').map(Number);
    const fromMs = instantOf(midnightMs + (hours * 60 + minutes) * minuteMs, window.timeZone);
    const toMs = fromMs + window.minutes * minuteMs;
    if (toMs > atMs) return { name: window.name, fromMs, toMs };
  }
  return undefined;
}

/** The days on which it begins, from the first that may still last: midnights of the zone's clock, as if that were UTC. */
function midnights(window: MaintenanceWindow, atMs: number): readonly number[] {
  if (window.kind === 'once') return [Date.parse(window.date)];
  const clockMs = atMs + offsetMs(window.timeZone, atMs);
  const today = clockMs - (clockMs % dayMs);
  return Array.from({ length: longestDays + 9 }, (_, i) => today + (i - longestDays - 1) * dayMs).filter(
    midnight => weekdays[new Date(midnight).getUTCDay()] === window.day,
  );
}

/** When a zone's clock shows a time, given as if it were UTC. A time that the clock leaps over is as much later. */
function instantOf(clockMs: number, timeZone: string): number {
  const nearMs = clockMs - offsetMs(timeZone, clockMs);
  return clockMs - offsetMs(timeZone, nearMs);
}

/** Making one takes longer than asking it; there are as many as zones. */
const clocks = new Map<string, Intl.DateTimeFormat>();

/** How far a zone's clock is ahead of UTC. */
function offsetMs(timeZone: string, atMs: number): number {
  const clock =
    clocks.get(timeZone) ??
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
  clocks.set(timeZone, clock);
  const part = new Map(clock.formatToParts(atMs).map(({ type, value }) => [type, Number(value)]));
  const number = (type: Intl.DateTimeFormatPartTypes): number => part.get(type) ?? 0;
  const shownMs = Date.UTC(
    number('year'),
    number('month') - 1,
    number('day'),
    number('hour'),
    number('minute'),
    number('second'),
  );
  return shownMs - Math.floor(atMs / 1000) * 1000;
}
