import { z } from 'zod';
import { epochMs, timeRange } from './time-range.js';

/**
 * GET /api/bw/v1/difference?signal&from&to&env&q&selected&selectedFrom&selectedTo&before&error — what sets some spans or log lines apart from others.
 *
 * All spans or lines of the range that match `q` are looked at. Selected are those of them that match `selected`, lie between `selectedFrom` and `selectedTo` and belong to
 * `error`, as far as these are given. They are compared with the rest or, when `beforeFrom` and `beforeTo` are given, with what would have been selected then.
 */
export const differenceQuery = timeRange.extend({
  signal: z.enum(['spans', 'logs']).default('spans'),
  env: z.string().optional(),
  q: z.string().max(4096).default(''),
  selected: z.string().max(4096).default(''),
  selectedFrom: epochMs.optional(),
  selectedTo: epochMs.optional(),
  beforeFrom: epochMs.optional(),
  beforeTo: epochMs.optional(),
  /** The id of an error: selected are spans and lines of the traces it came in. */
  error: z
    .string()
    .regex(/^[0-9a-f]{16}$/, 'the id of an error is 16 hex digits')
    .optional(),
});

/** A value, or all above or below a number, with how often each side has it: 0 to 1. */
export const differenceValue = z.object({
  value: z.string(),
  selectedShare: z.number(),
  referenceShare: z.number(),
  /** The search term that finds it. */
  term: z.string(),
});

export const difference = differenceValue.extend({
  key: z.string(),
  /** `present` and `absent` are said of the key, whatever its value; `above` and `below` of numbers: more than `value`, and at most. */
  kind: z.enum(['value', 'present', 'absent', 'above', 'below']),
  /** By how much the shares differ at least (99% sure, over all that was compared): what the list is ordered by. */
  surelyApart: z.number(),
  /** Spans or lines that were looked at and have it. */
  selectedCount: z.number(),
  referenceCount: z.number(),
  /** Other attributes that stand on nearly the same spans or lines. */
  also: z.array(z.object({ key: z.string(), value: z.string(), term: z.string() })),
  /** The most telling values of the key, this one included; at most 8. */
  values: z.array(differenceValue),
  /** For numbers: the values that 5, 10, ... 95 of 100 do not exceed. */
  quantiles: z.object({ selected: z.array(z.number()), reference: z.array(z.number()) }).nullable(),
});

const side = z.object({
  /** Sampling before the store is counted back. */
  count: z.number(),
  /** How many of them were looked at. */
  looked: z.number(),
});

export const differenceAnswer = z.object({
  selected: side,
  reference: side,
  /** Not all were looked at: the shares are those of a sample. */
  sampled: z.boolean(),
  /** How many values were compared. */
  compared: z.number(),
  /** The most telling first; empty when nothing sets them apart. */
  differences: z.array(difference),
});

export type DifferenceQuery = z.infer<typeof differenceQuery>;
export type DifferenceValue = z.infer<typeof differenceValue>;
export type Difference = z.infer<typeof difference>;
export type DifferenceAnswer = z.infer<typeof differenceAnswer>;
