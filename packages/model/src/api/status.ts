import { z } from 'zod';
import { epochMs } from './time-range.js';

/** Every error answer of the API. `message` says what to do. */
export const apiError = z.object({
  error: z.object({
    /** Stable word for programs: `bad-query`, `not-found`, `bad-request`, `too-slow`, `unavailable`, `forbidden`, `internal`. */
    code: z.string(),
    message: z.string(),
    /** For `bad-query`: where in the text, in UTF-16 units from 0. */
    position: z.object({ from: z.number(), to: z.number() }).optional(),
    requestId: z.string(),
  }),
});

export const signalStatus = z.object({
  /** Items accepted since the receiver started. */
  accepted: z.number(),
  /** Items refused since the receiver started. */
  rejected: z.number(),
  lastAcceptedAt: epochMs.nullable(),
  /** Is anything stored at all, from now or before. */
  stored: z.boolean(),
});

/** GET /api/bw/v1/status — what the checklist on Home, the doctor and the top bar need. */
export const statusAnswer = z.object({
  version: z.string(),
  startedAt: epochMs,
  nowMs: epochMs,
  workspace: z.string(),
  demo: z.boolean(),
  receiver: z.object({
    connected: z.boolean(),
    /** Where senders send, as they would type it; null when off. */
    otlpHttp: z.string().nullable(),
    otlpGrpc: z.string().nullable(),
  }),
  signals: z.object({ traces: signalStatus, logs: signalStatus, metrics: signalStatus }),
  /** Newest first, at most 50; one row per reason and sender, with how often. */
  rejections: z.array(
    z.object({
      at: epochMs,
      protocol: z.string(),
      reason: z.string(),
      /** What to change at the sender. */
      remedy: z.string(),
      sender: z.string(),
      count: z.number(),
    }),
  ),
  /** Senders seen lately, by user agent and service. */
  senders: z.array(
    z.object({
      service: z.string(),
      userAgent: z.string(),
      protocol: z.string(),
      items: z.number(),
      lastSeen: epochMs,
      clockSkewMs: z.number().nullable(),
    }),
  ),
  /** What is scraped, and how the last scrape went; those that fail first, at most 200. */
  scrapeTargets: z.array(
    z.object({
      job: z.string(),
      url: z.string(),
      state: z.enum(['unknown', 'up', 'down']),
      lastScrape: epochMs.nullable(),
      durationMs: z.number().nullable(),
      samples: z.number(),
      error: z.string().nullable(),
      rejected: z.number(),
      rejectedReason: z.string(),
    }),
  ),
  firstTraceId: z.string().nullable(),
  /** Bytes on disk, by part. */
  disk: z.object({
    walBytes: z.number(),
    blocksBytes: z.number(),
    storeBytes: z.number(),
    freeBytes: z.number(),
    /** `retention.maxDiskGiB`; null when there is none, or the first look is still to come. */
    budget: z
      .object({
        maxBytes: z.number(),
        usedBytes: z.number(),
        state: z.enum(['ok', 'soon', 'dropping']),
        /** The day on which the oldest data was received (2026-01-31): it goes next. */
        oldestDay: z.string().nullable(),
        /** Since the server started. */
        droppedRows: z.number(),
        droppedBytes: z.number(),
        lastDroppedAt: epochMs.nullable(),
      })
      .nullable(),
  }),
  /** Decoded samples that are kept for PromQL, of all workspaces; absent when none are. */
  promqlCache: z
    .object({
      maxBytes: z.number(),
      bytes: z.number(),
      entries: z.number(),
      /** Selectors answered from memory alone, with some samples read, and not from memory. */
      hits: z.number(),
      refreshes: z.number(),
      misses: z.number(),
      evicted: z.number(),
    })
    .optional(),
});

/** POST /api/bw/v1/flush — answers when all that was acknowledged before it can be queried. */
export const flushAnswer = z.object({ flushedUpTo: z.string() });

export type ApiError = z.infer<typeof apiError>;
export type StatusAnswer = z.infer<typeof statusAnswer>;
export type FlushAnswer = z.infer<typeof flushAnswer>;
