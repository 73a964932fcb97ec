import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@bellwether/dashboards';
import { type DashboardSummary, type FileProblem, dashboardFolder } from './dashboard-files.js';
import { type OwnDashboards, ownDashboards } from './own-dashboards.js';

/** Where a dashboard comes from. Only `own` ones can be changed here; the others are changed where they lie. */
export type Origin = 'built-in' | 'folder' | 'own';

export interface ListedDashboard extends DashboardSummary {
  readonly uid: string;
  readonly origin: Origin;
  /** Below its folder; undefined for our own. */
  readonly file: string | undefined;
}

export interface DashboardLibrary {
  readonly own: OwnDashboards;
  list(
    workspace: string,
  ): Promise<{ readonly dashboards: readonly ListedDashboard[]; readonly problems: readonly FileProblem[] }>;
  read(workspace: string, uid: string): Promise<{ readonly origin: Origin; readonly document: JsonObject } | undefined>;
}

/**
 * All dashboards of a workspace: those that were saved in it, those of the configured folder, and the built-in ones. The first that has a uid is the one
 * that is shown.
 */
export function dashboardLibrary({
  dataDir,
  folder,
}: {
  readonly dataDir: string;
  readonly folder?: string | undefined;
}): DashboardLibrary {
  const own = ownDashboards(join(dataDir, 'dashboards'));
  const files = [
    ...(folder === undefined ? [] : [{ origin: 'folder' as const, at: dashboardFolder(folder) }]),
    { origin: 'built-in' as const, at: dashboardFolder(builtInFolder()) },
  ];
  return {
    own,
    async list(workspace) {
      const byUid = new Map<string, ListedDashboard>();
      const problems: FileProblem[] = [];
      for (const { uid, summary } of await own.list(workspace))
        byUid.set(uid, { ...summary, uid, origin: 'own', file: undefined });
      for (const { origin, at } of files) {
        const contents = await at.read();
        if (origin === 'folder') problems.push(...contents.problems);
        for (const { uid, summary, file } of contents.dashboards)
          if (!byUid.has(uid)) byUid.set(uid, { ...summary, uid, origin, file });
      }
      const dashboards = [...byUid.values()].toSorted((a, b) => a.title.localeCompare(b.title, 'en'));
      return { dashboards, problems };
    },
    async read(workspace, uid) {
      const document = await own.read(workspace, uid);
      if (document !== undefined) return { origin: 'own', document };
      for (const { origin, at } of files) {
        const found = (await at.read()).dashboards.find(one => one.uid === uid);
        if (found !== undefined) return { origin, document: found.document };
      }
      return undefined;
    },
  };
}

function builtInFolder(): string {
  return fileURLToPath(new URL('../built-in', import.meta.resolve('@bellwether/dashboards')));
}
