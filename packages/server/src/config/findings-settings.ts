import { z } from 'zod';

const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });
const section = mustBe('a section with keys of its own');

const whole = (byDefault: number, least: number, most: number) => {
  const form = mustBe(`a whole number from ${least} to ${most}`);
  return z.int(form).min(least, form).max(most, form).default(byDefault);
};

/** `findings`: from where on something in a trace is a finding. */
export const findingsSettings = z
  .strictObject(
    {
      slowQueryMs: whole(100, 1, 3_600_000).describe(
        'A query of a request that takes so long; in jobs ten times as long.',
      ),
      repeatedCalls: whole(5, 3, 1000).describe(
        'The same read so often in one request is N+1; of a cache twice as often.',
      ),
      manyRows: whole(1000, 10, 100_000_000).describe(
        'So many rows of a read without a limit; in jobs fifty times as many.',
      ),
      chattyCalls: whole(10, 3, 1000).describe('So many calls of one request to one vendor.'),
      sequentialMs: whole(30, 1, 60_000).describe(
        'What it costs a request when calls wait for each other that need not.',
      ),
      poolWaitMs: whole(50, 1, 60_000).describe('A wait for a connection of a pool.'),
      stallMs: whole(100, 10, 60_000).describe('A time that the event loop stood still.'),
      payloadBytes: whole(1_048_576, 1024, 1_073_741_824).describe(
        'An answer or a request of so many bytes; a message of a quarter of it.',
      ),
    },
    section,
  )
  .prefault({})
  .describe('From where on something in a trace is a finding.');
