import { z } from 'zod';
import { epochMs } from './time-range.js';

const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });

const id = z
  .string(mustBe('1 to 64 letters, digits, dashes or underscores'))
  .regex(/^[\w-]{1,64}$/, mustBe('1 to 64 letters, digits, dashes or underscores'));

const everyWindow = {
  id: id.describe('Names the window.'),
  name: z.string(mustBe('text')).min(1, mustBe('text')).max(200).describe('People read it, also on the status page.'),
  from: z
    .string(mustBe('a time of day, as "02:00"'))
    .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, mustBe('a time of day, as "02:00"'))
    .describe('When it begins, by the clock of the time zone.'),
  minutes: z
    .int(mustBe('a whole number of minutes from 1 to 4320'))
    .min(1, mustBe('a whole number of minutes from 1 to 4320'))
    .max(4320, mustBe('a whole number of minutes from 1 to 4320'))
    .describe('How long it lasts.'),
  timeZone: z
    .string(mustBe('a time zone, as Europe/Berlin'))
    .max(64)
    .refine(isTimeZone, mustBe('a time zone, as Europe/Berlin'))
    .default('UTC'),
  checks: z.array(id, mustBe('a list of ids of checks')).max(500).default([]).describe('Empty: all of the workspace.'),
};

/** When failures of checks are expected: once, or at the same time of every week. */
export const maintenanceWindow = z.discriminatedUnion('kind', [
  z.strictObject({ ...everyWindow, kind: z.literal('once'), date: z.iso.date(mustBe('a day, as "2026-11-24"')) }),
  z.strictObject({
    ...everyWindow,
    kind: z.literal('weekly'),
    day: z.enum(
      ['sunday', 'monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday'],
      mustBe('a day of the week, as sunday'),
    ),
  }),
]);

/** One time of a window. */
export const maintenanceTime = z.object({
  /** Of the window. */
  name: z.string(),
  fromMs: epochMs,
  toMs: epochMs,
});

export const maintenanceRow = z.object({
  window: maintenanceWindow,
  /** Windows of the file are changed there. */
  isFromFile: z.boolean(),
  /** The time that it is in, or its next one; null: it is over. */
  time: maintenanceTime.nullable(),
});

export type MaintenanceWindow = z.output<typeof maintenanceWindow>;
export type MaintenanceTime = z.infer<typeof maintenanceTime>;
export type MaintenanceRow = z.infer<typeof maintenanceRow>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}
