import { z } from 'zod';
import { epochMs, epochNs, timeRange } from './time-range.js';
import { attribute } from './traces.js';

/** OTLP severity numbers 1-4, 5-8, 9-12, 13-16, 17-20, 21-24; `unset` is 0. */
export const logLevel = z.enum(['unset', 'trace', 'debug', 'info', 'warn', 'error', 'fatal']);

/** GET /api/bw/v1/logs?from&to&q&env&limit&cursor — newest first. */
export const logsQuery = timeRange.extend({
  q: z.string().max(4096).default(''),
  env: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(2000).default(200),
  cursor: z.string().max(200).optional(),
});

export const logRow = z.object({
  /** Decimal text; unique within the workspace. */
  id: z.string(),
  timeNs: epochNs,
  level: logLevel,
  severityText: z.string(),
  service: z.string(),
  body: z.string(),
  eventName: z.string(),
  /** '' when the line belongs to no trace. */
  traceId: z.string(),
  spanId: z.string(),
  tenantId: z.string(),
  attributes: z.array(attribute),
});

export const logsAnswer = z.object({
  logs: z.array(logRow),
  nextCursor: z.string().nullable(),
  partial: z.boolean(),
});

/** GET /api/bw/v1/logs/histogram?from&to&q&env&steps — lines per step and level. */
export const logHistogramAnswer = z.object({
  stepMs: z.number(),
  stepsMs: z.array(epochMs),
  /** One array per level that occurs, lowest level first. */
  levels: z.array(z.object({ level: logLevel, counts: z.array(z.number()) })),
  total: z.number(),
});

/** GET /api/bw/v1/logs/context?timeNs&id&service&lines — the lines of the same service around one line, oldest first, that line included. */
export const logContextQuery = z.object({
  timeNs: epochNs,
  id: z.string().regex(/^\d{1,20}$/),
  service: z.string(),
  lines: z.coerce.number().int().min(1).max(200).default(50),
});

export const logContextAnswer = z.object({ logs: z.array(logRow) });

/** GET /api/bw/v1/logs/:id?timeNs — one line with its resource. */
export const logDetailQuery = z.object({ timeNs: epochNs });
export const logDetailAnswer = logRow.extend({
  resource: z.array(attribute),
  scopeName: z.string(),
  scopeVersion: z.string(),
  version: z.string(),
  environment: z.string(),
});

/** GET /api/bw/v1/traces/:traceId/logs?spanId — oldest first, at most 1,000. */
export const traceLogsQuery = z.object({ spanId: z.string().optional() });
export const traceLogsAnswer = z.object({ logs: z.array(logRow), partial: z.boolean() });

/**
 * GET /api/bw/v1/logs/tail?q&env — server-sent events.
 * `event: logs`, data: `{ logs: LogRow[] }`; `event: dropped`, data: `{ count }` when lines were left out (over 2,000/s or a slow reader); `event: error`, data: `apiError`.
 */
export const logTailQuery = z.object({ q: z.string().max(4096).default(''), env: z.string().optional() });
export const logTailEvent = z.object({ logs: z.array(logRow) });

export type LogLevel = z.infer<typeof logLevel>;
export type LogsQuery = z.infer<typeof logsQuery>;
export type LogRow = z.infer<typeof logRow>;
export type LogsAnswer = z.infer<typeof logsAnswer>;
export type LogHistogramAnswer = z.infer<typeof logHistogramAnswer>;
export type LogContextQuery = z.infer<typeof logContextQuery>;
export type LogContextAnswer = z.infer<typeof logContextAnswer>;
export type LogDetailAnswer = z.infer<typeof logDetailAnswer>;
export type TraceLogsAnswer = z.infer<typeof traceLogsAnswer>;
export type LogTailQuery = z.infer<typeof logTailQuery>;
export type LogTailEvent = z.infer<typeof logTailEvent>;
