import { z } from 'zod';

const uid = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,100}$/, { error: 'must be 1 to 100 letters, digits, dashes and underscores' });

/** Names one dashboard. */
export const dashboardParams = z.object({ uid });

/** `own`: saved here; `folder`: of `dashboards.folder`; `built-in`: came with Bellwether. The last two are changed where they lie. */
const origin = z.enum(['own', 'folder', 'built-in']);

/** GET /api/bw/v1/dashboards */
export const dashboardsAnswer = z.object({
  dashboards: z.array(
    z.object({
      uid: z.string(),
      title: z.string(),
      description: z.string(),
      tags: z.array(z.string()),
      panels: z.number(),
      origin,
      /** Below its folder; null for our own. */
      file: z.string().nullable(),
      version: z.number(),
    }),
  ),
  /** Files of the folder that can not be shown, and why. */
  problems: z.array(z.object({ file: z.string(), message: z.string() })),
});

export type DashboardsAnswer = z.infer<typeof dashboardsAnswer>;

/** Grafana's dashboard JSON, as it was saved or imported. */
const document = z.record(z.string(), z.unknown());

/** GET /api/bw/v1/dashboards/:uid, in the manner of Grafana's own API. */
export const dashboardAnswer = z.object({
  dashboard: document,
  meta: z.object({
    uid: z.string(),
    origin,
    /** To be given back when it is saved. */
    version: z.number(),
    canSave: z.boolean(),
  }),
});

export type DashboardAnswer = z.infer<typeof dashboardAnswer>;

/** PUT /api/bw/v1/dashboards/:uid: `version` is the one that was read, 0 for a new one. */
export const dashboardSave = z.object({ dashboard: document, version: z.int().min(0) });

/** POST /api/bw/v1/dashboards/import: `dashboard` is Grafana's JSON, or what its API answers (`{dashboard, meta}`). */
export const dashboardImport = z.object({
  dashboard: z.unknown(),
  /** Over what has its uid. */
  replace: z.boolean().default(false),
});

/** What was kept, and where. */
export const dashboardKept = z.object({ uid: z.string(), version: z.number() });

export type DashboardKept = z.infer<typeof dashboardKept>;
