import { mkdir, readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type JsonObject, importDashboard, isUid, maxDashboardBytes, numberOf, textOf } from '@bellwether/dashboards';
import { replacePrivateFile } from '../base/private-file.js';
import { type DashboardSummary, summaryOf } from './dashboard-files.js';

export interface OwnDashboard {
  readonly uid: string;
  readonly document: JsonObject;
  readonly summary: DashboardSummary;
}

/** What became of a write. `conflict`: somebody saved in between. */
export type SaveOutcome =
  | { readonly outcome: 'saved'; readonly document: JsonObject }
  | { readonly outcome: 'conflict'; readonly version: number; readonly title: string }
  | { readonly outcome: 'full' }
  | { readonly outcome: 'too-large' };

export interface OwnDashboards {
  list(workspace: string): Promise<readonly OwnDashboard[]>;
  read(workspace: string, uid: string): Promise<JsonObject | undefined>;
  /** Saves over the version `base`; 0: it must be new. The document's `version` is one more than before. */
  save(workspace: string, uid: string, document: JsonObject, base: number): Promise<SaveOutcome>;
  /** Keeps a document as it came. `replace`: over what has its uid. */
  put(workspace: string, uid: string, document: JsonObject, replace: boolean): Promise<SaveOutcome>;
  remove(workspace: string, uid: string): Promise<boolean>;
}

const maxDashboards = 1000;

/** Dashboards that were saved or imported in the pages: `<folder>/<workspace>/<uid>.json`, each replaced as a whole. Writes go one after another. */
export function ownDashboards(folder: string): OwnDashboards {
  const known = new Map<
    string,
    { readonly stamp: string; readonly summary: DashboardSummary; readonly document: JsonObject }
  >();
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <Result>(run: () => Promise<Result>): Promise<Result> => {
    const turn = last.then(run, run);
    last = turn.catch(() => undefined);
    return turn;
  };
  // Both were checked to be of letters, digits, dashes and underscores only: neither can leave the folder.
  const pathOf = (workspace: string, uid: string): string => join(folder, workspace, `${uid}.json`);

  async function uids(workspace: string): Promise<readonly string[]> {
    const names = await readdir(join(folder, workspace)).catch(() => []);
    return names
      .filter(name => name.endsWith('.json'))
      .map(name => name.slice(0, -'.json'.length))
      .filter(isUid)
      .toSorted();
  }

  async function load(workspace: string, uid: string): Promise<OwnDashboard | undefined> {
    const path = pathOf(workspace, uid);
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) {
      known.delete(path);
      return undefined;
    }
    const stamp = `${facts.mtimeMs} ${facts.size}`;
    const had = known.get(path);
    if (had?.stamp === stamp) return { uid, document: had.document, summary: had.summary };
    const document = importDashboard(await readFile(path, 'utf8'));
    const summary = summaryOf(document);
    known.set(path, { stamp, summary, document });
    return { uid, document, summary };
  }

  async function write(workspace: string, uid: string, document: JsonObject): Promise<SaveOutcome> {
    const text = JSON.stringify(document, null, 2);
    if (Buffer.byteLength(text) > maxDashboardBytes) return { outcome: 'too-large' };
    const isNew = (await stat(pathOf(workspace, uid)).catch(() => undefined)) === undefined;
    if (isNew && (await uids(workspace)).length >= maxDashboards) return { outcome: 'full' };
    await mkdir(join(folder, workspace), { recursive: true, mode: 0o700 });
    await replacePrivateFile(pathOf(workspace, uid), text);
    known.delete(pathOf(workspace, uid));
    return { outcome: 'saved', document };
  }

  return {
    async list(workspace) {
      const found: OwnDashboard[] = [];
      for (const uid of await uids(workspace)) {
        const one = await load(workspace, uid).catch(() => undefined);
        if (one !== undefined) found.push(one);
      }
      return found;
    },
    async read(workspace, uid) {
      return (await load(workspace, uid))?.document;
    },
    save: (workspace, uid, document, base) =>
      inTurn(async () => {
        const there = (await load(workspace, uid))?.document;
        const version = there === undefined ? 0 : (numberOf(there, 'version') ?? 0);
        if (there === undefined ? base !== 0 : version !== base)
          return there === undefined ? { outcome: 'conflict', version: 0, title: '' } : conflictWith(there);
        return write(workspace, uid, { ...document, uid, version: version + 1 });
      }),
    put: (workspace, uid, document, replace) =>
      inTurn(async () => {
        const there = (await load(workspace, uid))?.document;
        return there !== undefined && !replace ? conflictWith(there) : write(workspace, uid, document);
      }),
    remove: (workspace, uid) =>
      inTurn(async () => {
        const path = pathOf(workspace, uid);
        if ((await stat(path).catch(() => undefined)) === undefined) return false;
        await rm(path);
        known.delete(path);
        return true;
      }),
  };
}

function conflictWith(document: JsonObject): SaveOutcome {
  return { outcome: 'conflict', version: numberOf(document, 'version') ?? 0, title: textOf(document, 'title') };
}
