import type { DeployNew, ReleaseCommit, ReleaseNew } from '@bellwether/model';
import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** A version that somebody told of. */
export interface Release {
  readonly version: string;
  readonly createdMs: number;
  readonly url: string;
  readonly commits: readonly ReleaseCommit[];
}

/** A deploy that somebody told of; `service` and `environment` '' are all of them. */
export interface ToldDeploy {
  readonly version: string;
  readonly service: string;
  readonly environment: string;
  readonly atMs: number;
  readonly url: string;
}

/** The oldest go when there are more. */
const maxReleases = 2000;
const maxDeploys = 20_000;

const storedCommits = z.array(
  z.object({
    sha: z.string(),
    author: z.string(),
    atMs: z.number(),
    message: z.string(),
    files: z.array(z.string()),
  }),
);
const storedRelease = z.object({
  version: z.string(),
  created_ms: z.number(),
  url: z.string(),
  commits: z.string(),
});
const storedDeploy = z.object({
  version: z.string(),
  service: z.string(),
  environment: z.string(),
  at_ms: z.number(),
  url: z.string(),
});

function readRelease(row: unknown): Release {
  const { version, created_ms, url, commits } = storedRelease.parse(row);
  return { version, createdMs: created_ms, url, commits: storedCommits.parse(JSON.parse(commits)) };
}

/** Keeps a release. One that is there keeps its time, and its commits unless others come with it. */
export function keepRelease({ db }: ControlStore, workspace: string, release: ReleaseNew, nowMs: number): void {
  const { version, url, commits } = release;
  db.prepare(
    `INSERT INTO releases (workspace, version, created_ms, url, commits) VALUES (?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET url = iif(excluded.url = '', url, excluded.url), commits = iif(excluded.commits = '[]', commits, excluded.commits)`,
  ).run(workspace, version, nowMs, url, JSON.stringify(commits));
  db.prepare(
    'DELETE FROM releases WHERE workspace = ? AND version IN (SELECT version FROM releases WHERE workspace = ? ORDER BY created_ms DESC LIMIT -1 OFFSET ?)',
  ).run(workspace, workspace, maxReleases);
}

/** The release of a version; undefined when nobody told of it. */
export function releaseOf({ db }: ControlStore, workspace: string, version: string): Release | undefined {
  const [row] = db
    .prepare('SELECT version, created_ms, url, commits FROM releases WHERE workspace = ? AND version = ?')
    .all(workspace, version);
  return row === undefined ? undefined : readRelease(row);
}

/** The releases that were told of, the newest first. Their commits are counted and not read: they may be a megabyte each. */
export function listReleases(
  { db }: ControlStore,
  workspace: string,
  limit: number,
): readonly (Omit<Release, 'commits'> & { readonly commits: number })[] {
  const listed = storedRelease.extend({ commits: z.number() });
  return db
    .prepare(
      'SELECT version, created_ms, url, json_array_length(commits) AS commits FROM releases WHERE workspace = ? ORDER BY created_ms DESC, version LIMIT ?',
    )
    .all(workspace, limit)
    .map(row => {
      const { version, created_ms, url, commits } = listed.parse(row);
      return { version, createdMs: created_ms, url, commits };
    });
}

/** Keeps a deploy; the same one told twice (a job that is run again) is one. */
export function keepDeploy({ db }: ControlStore, workspace: string, deploy: DeployNew, nowMs: number): void {
  const { version, service, environment, atMs = nowMs, url } = deploy;
  db.prepare(
    'DELETE FROM deploys WHERE workspace = ? AND version = ? AND service = ? AND environment = ? AND at_ms = ?',
  ).run(workspace, version, service, environment, atMs);
  db.prepare(
    'INSERT INTO deploys (workspace, version, service, environment, at_ms, url) VALUES (?, ?, ?, ?, ?, ?)',
  ).run(workspace, version, service, environment, atMs, url);
  db.prepare(
    'DELETE FROM deploys WHERE workspace = ? AND id IN (SELECT id FROM deploys WHERE workspace = ? ORDER BY id DESC LIMIT -1 OFFSET ?)',
  ).run(workspace, workspace, maxDeploys);
}

/** Deploys of a service (or of any) that somebody told of, in a range and environment, the oldest first; at most 500, the newest. */
export function toldDeploys(
  { db }: ControlStore,
  workspace: string,
  {
    service,
    env,
    fromMs,
    toMs,
  }: {
    readonly service: string | undefined;
    readonly env: string | undefined;
    readonly fromMs: number;
    readonly toMs: number;
  },
): readonly ToldDeploy[] {
  return db
    .prepare(
      `SELECT version, service, environment, at_ms, url FROM deploys
WHERE workspace = ? AND (? = '' OR service IN ('', ?)) AND (? = '' OR environment IN ('', ?)) AND at_ms >= ? AND at_ms < ? ORDER BY at_ms DESC, id DESC LIMIT 500`,
    )
    .all(workspace, service ?? '', service ?? '', env ?? '', env ?? '', fromMs, toMs)
    .map(row => {
      const { version, service, environment, at_ms, url } = storedDeploy.parse(row);
      return { version, service, environment, atMs: at_ms, url };
    })
    .toReversed();
}
