import { randomUUID } from 'node:crypto';
import {
  BadDashboard,
  type Json,
  type JsonObject,
  dashboardIn,
  isUid,
  maxDashboardBytes,
  numberOf,
  parseJson,
  textOf,
  withUid,
} from '@bellwether/dashboards';
import {
  dashboardAnswer,
  dashboardImport,
  dashboardKept,
  dashboardParams,
  dashboardSave,
  dashboardsAnswer,
} from '@bellwether/model';
import { type DashboardLibrary, dashboardLibrary } from '../dashboards/dashboard-library.js';
import type { SaveOutcome } from '../dashboards/own-dashboards.js';
import { Conflict, NotFound } from './api-failure.js';
import { type Route, defineRoute } from './route.js';
import type { StatusFacts } from './status-routes.js';

const path = '/api/bw/v1/dashboards';
/** A dashboard and what stands around it. */
const maxBodyBytes = maxDashboardBytes + 65_536;

/** Dashboards in Grafana's JSON: listed, read, saved, imported, removed. */
export function dashboardRoutes({
  dataDir,
  dashboardsFolder,
}: Pick<StatusFacts, 'dataDir' | 'dashboardsFolder'>): readonly Route[] {
  const library: DashboardLibrary = dashboardLibrary({ dataDir, folder: dashboardsFolder });
  return [
    defineRoute({
      method: 'GET',
      path,
      summary: 'All dashboards: built-in, of the configured folder, and saved here.',
      answer: dashboardsAnswer,
      async handle(_, { asker }) {
        const { dashboards, problems } = await library.list(asker.scope.workspace);
        return {
          dashboards: dashboards.map(one => ({ ...one, tags: [...one.tags], file: one.file ?? null })),
          problems: [...problems],
        };
      },
    }),
    defineRoute({
      method: 'GET',
      path: `${path}/:uid`,
      summary: "One dashboard: Grafana's JSON as it was saved or imported, and where it comes from.",
      params: dashboardParams,
      answer: dashboardAnswer,
      async handle({ params: { uid } }, { asker }) {
        const found = await library.read(asker.scope.workspace, uid);
        if (found === undefined) throw new NotFound(`There is no dashboard "${uid}". ${path} lists those there are.`);
        const { origin, document } = found;
        const version = numberOf(document, 'version') ?? 0;
        return { dashboard: { ...document }, meta: { uid, origin, version, canSave: origin === 'own' } };
      },
    }),
    defineRoute({
      method: 'PUT',
      path: `${path}/:uid`,
      summary:
        'Saves a dashboard. `version` is the one that was read; when somebody saved in between, the answer is 409.',
      params: dashboardParams,
      body: dashboardSave,
      maxBodyBytes,
      answer: dashboardKept,
      async handle({ params: { uid }, body }, { asker }) {
        const { workspace } = asker.scope;
        await refuseReadOnly(library, workspace, uid);
        const document = dashboardIn(jsonOf(body.dashboard));
        const saved = await library.own.save(workspace, uid, document, body.version);
        return kept(uid, saved, ({ version, title }) =>
          title === '' && version === 0
            ? `"${uid}" was removed in the meantime: save it as a new one with version 0.`
            : `"${title}" was saved by somebody else in the meantime (version ${version}): read it again and make your change anew, or save yours under another uid.`,
        );
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: `${path}/:uid`,
      summary: 'Removes a dashboard that was saved or imported here.',
      params: dashboardParams,
      answer: dashboardKept,
      async handle({ params: { uid } }, { asker }) {
        const { workspace } = asker.scope;
        if (await library.own.remove(workspace, uid)) return { uid, version: 0 };
        await refuseReadOnly(library, workspace, uid);
        throw new NotFound(`There is no dashboard "${uid}". ${path} lists those there are.`);
      },
    }),
    defineRoute({
      method: 'POST',
      path: `${path}/import`,
      summary: "Keeps a dashboard as it comes: Grafana's JSON, or what Grafana's API answers.",
      body: dashboardImport,
      maxBodyBytes,
      answer: dashboardKept,
      async handle({ body }, { asker }) {
        const { workspace } = asker.scope;
        const found = dashboardIn(jsonOf(body.dashboard));
        const document = withUid(found, () => randomUUID().slice(0, 13));
        const uid = textOf(document, 'uid');
        const there = await library.read(workspace, uid);
        if (there !== undefined && there.origin !== 'own') throw new Conflict(readOnlySentence(uid, there.origin));
        const put = await library.own.put(workspace, uid, document, body.replace);
        return kept(
          uid,
          put,
          ({ title }) =>
            `There is a dashboard with the uid "${uid}" already: "${title}". Import with "replace": true to put this one in its place.`,
        );
      },
    }),
  ];
}

/** JSON that Fastify has read: once more through our own reader, for its limits. */
function jsonOf(body: unknown): Json {
  let text: string | undefined;
  try {
    text = typeof body === 'string' ? body : JSON.stringify(body);
  } catch {
    // So deep that it can not be written.
    throw new BadDashboard('It is nested deeper than 60 levels, which no dashboard is.');
  }
  return parseJson(text ?? '');
}

async function refuseReadOnly(library: DashboardLibrary, workspace: string, uid: string): Promise<void> {
  const there = isUid(uid) ? await library.read(workspace, uid) : undefined;
  if (there !== undefined && there.origin !== 'own') throw new Conflict(readOnlySentence(uid, there.origin));
}

function readOnlySentence(uid: string, origin: 'built-in' | 'folder'): string {
  return origin === 'built-in'
    ? `"${uid}" is built in: save it under another uid.`
    : `"${uid}" lies in the folder of the configuration: change the file there, or save it under another uid.`;
}

function kept(
  uid: string,
  saved: SaveOutcome,
  conflict: (there: { readonly version: number; readonly title: string }) => string,
): { readonly uid: string; readonly version: number } {
  switch (saved.outcome) {
    case 'saved':
      return { uid, version: versionOf(saved.document) };
    case 'conflict':
      throw new Conflict(conflict(saved));
    case 'full':
      throw new Conflict('There are 1000 dashboards in this workspace already: remove one that is not needed.');
    case 'too-large':
      throw new BadDashboard('It is larger than 5 MB, which no dashboard is.');
  }
}

function versionOf(document: JsonObject): number {
  return numberOf(document, 'version') ?? 0;
}
