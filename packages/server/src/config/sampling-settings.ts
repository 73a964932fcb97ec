import { z } from 'zod';

const mustBe = (what: string): { readonly error: string } => ({ error: `must be ${what}` });
const section = mustBe('a section with keys of its own');
const name = mustBe('1 to 64 letters, digits, dashes or underscores');

const part = mustBe('a share above 0 and up to 1, as 0.1');
const share = z.number(part).positive(part).max(1, part).optional();

const rare = mustBe('a whole number from 0 to 1000');
const seconds = mustBe('a number of seconds from 1 to 60');

/** The keys of `tailSampling`, but for the size, which `schema.ts` knows how to read. */
export const samplingKeys = {
  share: share.describe(
    'The share of ordinary traces that is kept, as 0.1. Those with errors, slow and rare ones are kept besides. Absent, or 1: every trace is kept, and none waits.',
  ),
  keepRarePerMinute: z
    .int(rare)
    .min(0, rare)
    .max(1000, rare)
    .default(5)
    .describe('So many traces of each operation are kept in a minute, whatever its share: all of those that are rare.'),
  holdSeconds: z
    .number(seconds)
    .min(1, seconds)
    .max(60, seconds)
    .default(10)
    .describe('A trace is decided so long after its first span came. Longer than most traces last.'),
  workspaces: z
    .record(z.string().regex(/^[\w-]{1,64}$/, name), z.strictObject({ share }, section), section)
    .default({})
    .describe('Workspaces of which another share is kept: `shop: {share: 0.2}`, or 1 for all.'),
};
