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

/** GET /api/bw/v1/logs/patterns?from&to&q&env&limit — what the lines that match have in common, most frequent first. */
export const logPatternsQuery = timeRange.extend({
  q: z.string().max(4096).default(''),
  env: z.string().optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(300),
});

/** Beside the range of the same length before: `new` was not there, `rising` came at least twice as often, `gone` is not there any more. */
export const logPatternTrend = z.enum(['new', 'rising', 'ongoing', 'gone']);

export const logPattern = z.object({
  /** The text of its lines; `<*>` stands where they differ. As a term of the search language: `pattern:"<text>"`. */
  pattern: z.string(),
  count: z.number(),
  /** Lines of the range before. */
  previous: z.number(),
  /** Of all lines that match, from 0 to 1. */
  share: z.number(),
  /** Lines whose whole text another line of the range has too; null when not every line was looked at. */
  repeated: z.number().nullable(),
  levels: z.array(z.object({ level: logLevel, count: z.number() })),
  /** At most 10. */
  services: z.array(z.string()),
  /** The first and last line of it, in the range or in the one before. */
  firstMs: epochMs,
  lastMs: epochMs,
  trend: logPatternTrend,
  /** Lines per step. */
  counts: z.array(z.number()),
});

export const logPatternsAnswer = z.object({
  patterns: z.array(logPattern),
  stepMs: z.number(),
  stepsMs: z.array(epochMs),
  total: z.number(),
  previousTotal: z.number(),
  /** Lines of the range that no listed pattern has. */
  otherLines: z.number(),
  otherPatterns: z.number(),
  /** 1: every line was looked at; n: one in n, and counts are scaled. */
  sampledOneIn: z.number(),
  /** False when the range before has too few lines to say what is new or rising. */
  comparable: z.boolean(),
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
export type LogPattern = z.infer<typeof logPattern>;
export type LogPatternTrend = z.infer<typeof logPatternTrend>;
export type LogPatternsAnswer = z.infer<typeof logPatternsAnswer>;
export type LogContextQuery = z.infer<typeof logContextQuery>;
export type LogContextAnswer = z.infer<typeof logContextAnswer>;
export type LogDetailAnswer = z.infer<typeof logDetailAnswer>;
export type TraceLogsAnswer = z.infer<typeof traceLogsAnswer>;
export type LogTailQuery = z.infer<typeof logTailQuery>;
export type LogTailEvent = z.infer<typeof logTailEvent>;
