import { z } from 'zod';
import { timeRange } from './time-range.js';

export const fieldSignal = z.enum(['spans', 'logs', 'errors']);

/** GET /api/bw/v1/fields?signal&from&to&prefix — keys for completion: the built-in fields first, then attributes by how often they occur. */
export const fieldsQuery = timeRange.extend({ signal: fieldSignal, prefix: z.string().max(200).default('') });
export const fieldsAnswer = z.object({
  fields: z.array(
    z.object({
      key: z.string(),
      /** 'builtin' (service, status, duration, ...), 'attribute' or 'resource'. */
      source: z.enum(['builtin', 'attribute', 'resource']),
      type: z.enum(['string', 'number', 'duration', 'enum']),
      description: z.string(),
    }),
  ),
});

/** GET /api/bw/v1/fields/:key/values?signal&from&to&prefix — most frequent first, at most 50, from a sample of recent rows. */
export const fieldValuesQuery = timeRange.extend({ signal: fieldSignal, prefix: z.string().max(200).default('') });
export const fieldValuesAnswer = z.object({ values: z.array(z.object({ value: z.string(), count: z.number() })) });

export type FieldSignal = z.infer<typeof fieldSignal>;
export type FieldsAnswer = z.infer<typeof fieldsAnswer>;
export type FieldValuesAnswer = z.infer<typeof fieldValuesAnswer>;
