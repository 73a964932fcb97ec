import { z } from 'zod';
import { epochMs, timeRange } from './time-range.js';

const version = z.string().trim().min(1).max(200);
const url = z.union([z.literal(''), z.url({ protocol: /^https?$/ }).max(2000)]);

/** A commit that a release brings. */
export const releaseCommit = z.object({
  sha: z.string().regex(/^[0-9a-f]{7,64}$/, 'a commit is named by 7 to 64 hex digits'),
  author: z.string().max(200),
  atMs: epochMs,
  /** Its first line. */
  message: z.string().max(500),
  /** Paths that it changed, from the root of the repository. */
  files: z.array(z.string().max(500)).max(500),
});

/** POST /api/bw/v1/releases — a version, with what it brings. Told again it replaces what was told before; commits only when some come with it. */
export const releaseNew = z.object({
  version,
  url: url.default(''),
  commits: z.array(releaseCommit).max(500).default([]),
});

/** POST /api/bw/v1/deploys — a version goes out. */
export const deployNew = z.object({
  version,
  /** '' for all services. */
  service: z.string().trim().max(200).default(''),
  /** '' for all environments. */
  environment: z.string().trim().max(200).default(''),
  /** Now, when it is left out. */
  atMs: epochMs.optional(),
  url: url.default(''),
});

export const told = z.object({ version: z.string() });

/** POST /api/bw/v1/releases/:version/source-maps — the source map of one file of a release. */
export const sourceMapNew = z.object({
  /** The file it is of, as a stack ends with it: `assets/main.js`. */
  file: z.string().trim().min(1).max(500),
  /** The map, as JSON text. */
  map: z.string().max(33_554_432, 'a source map may have at most 32 MiB'),
});

export const sourceMapKept = z.object({
  file: z.string(),
  debugId: z.string(),
  sources: z.number(),
  /** Whether the map carries the text of its sources. */
  hasContent: z.boolean(),
});

/** GET /api/bw/v1/releases — those that somebody told of, the newest first. */
export const releasesAnswer = z.object({
  releases: z.array(
    z.object({
      version: z.string(),
      createdMs: epochMs,
      url: z.string(),
      commits: z.number(),
      sourceMaps: z.number(),
    }),
  ),
});

const figures = z
  .object({ requests: z.number(), errorRatio: z.number().nullable(), p95Ms: z.number().nullable() })
  .nullable();

const deploy = z.object({
  version: z.string(),
  environment: z.string(),
  atMs: epochMs,
  /** Somebody said so, or the version began to be seen. */
  source: z.enum(['told', 'seen']),
  url: z.string(),
  /** The version it took the place of, where that was seen; else ''. */
  previous: z.string(),
  /** That one is newer: it was seen first after this one. */
  isRollback: z.boolean(),
});

/** GET /api/bw/v1/services/:service/deploys?from&to&env — deploys of a service, the newest first. */
export const serviceDeploysQuery = timeRange.extend({ env: z.string().optional() });

export const serviceDeploysAnswer = z.object({
  deploys: z.array(
    deploy.extend({
      commits: z.number(),
      /** Of the half hour before and after, or as long as no other deploy came; null without requests. */
      before: figures,
      after: figures,
    }),
  ),
});

/** GET /api/bw/v1/deploys?from&to&env — deploys of all services, the newest first; at most 200. */
export const deploysQuery = timeRange.extend({ env: z.string().optional() });

export const deploysAnswer = z.object({
  deploys: z.array(
    deploy.extend({
      /** '' for all services, when it was told so. */
      service: z.string(),
    }),
  ),
});

export type DeploysAnswer = z.infer<typeof deploysAnswer>;
export type DeployNew = z.infer<typeof deployNew>;
export type ReleaseCommit = z.infer<typeof releaseCommit>;
export type ReleaseNew = z.infer<typeof releaseNew>;
export type ServiceDeploysAnswer = z.infer<typeof serviceDeploysAnswer>;
