import type { Dirent } from 'node:fs';
import { readFile, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  BadDashboard,
  importDashboard,
  isUid,
  type JsonObject,
  maxDashboardBytes,
  readDashboard,
  textOf,
} from '@bellwether/dashboards';

/** A dashboard that lies in a file. */
export interface FiledDashboard {
  readonly uid: string;
  readonly document: JsonObject;
  /** Below its folder. */
  readonly file: string;
  readonly summary: DashboardSummary;
}

/** What a list shows of it. */
export interface DashboardSummary {
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly panels: number;
  readonly version: number;
}

/** A file that could not be taken, and why. */
export interface FileProblem {
  readonly file: string;
  readonly message: string;
}

export interface FolderContents {
  readonly dashboards: readonly FiledDashboard[];
  readonly problems: readonly FileProblem[];
}

const maxFiles = 1000;
const maxFolderDepth = 4;

/**
 * A folder of dashboards, read again where a file changed since it was last asked for: who asks sees what lies there now. Folders below it count, symbolic
 * links and hidden files do not. A file without a uid is known by its name.
 */
export function dashboardFolder(path: string): { read(): Promise<FolderContents> } {
  const known = new Map<string, { readonly stamp: string; readonly read: FiledDashboard | FileProblem }>();
  return {
    async read() {
      const names: string[] = [];
      const fault = await walk(path, '', 0, names);
      for (const name of known.keys()) if (!names.includes(name)) known.delete(name);
      for (const name of names.slice(0, maxFiles)) {
        const facts = await stat(join(path, name)).catch(() => undefined);
        if (facts === undefined) continue;
        const stamp = `${facts.mtimeMs} ${facts.size}`;
        if (known.get(name)?.stamp !== stamp) known.set(name, { stamp, read: await readOne(path, name, facts.size) });
      }
      return sorted(
        [...known.values()].map(one => one.read),
        names.length,
        fault === undefined ? [] : [{ file: path, message: fault }],
      );
    },
  };
}

/** Undefined, or why the folder itself can not be read. */
async function walk(root: string, below: string, depth: number, names: string[]): Promise<string | undefined> {
  let entries: Dirent[];
  try {
    entries = await readdir(join(root, below), { withFileTypes: true });
  } catch (error) {
    return depth === 0
      ? `The folder can not be read: ${error instanceof Error ? error.message : String(error)}`
      : undefined;
  }
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = below === '' ? entry.name : `${below}/${entry.name}`;
    if (entry.name.startsWith('.') || names.length > maxFiles) continue;
    if (entry.isDirectory() && depth < maxFolderDepth) await walk(root, name, depth + 1, names);
    else if (entry.isFile() && entry.name.endsWith('.json')) names.push(name);
  }
  return undefined;
}

async function readOne(root: string, file: string, bytes: number): Promise<FiledDashboard | FileProblem> {
  if (bytes > maxDashboardBytes) return { file, message: 'It is larger than 5 MB, which no dashboard is.' };
  try {
    const document = importDashboard(await readFile(join(root, file), 'utf8'));
    const own = textOf(document, 'uid');
    return { uid: isUid(own) ? own : uidOfName(file), document, file, summary: summaryOf(document) };
  } catch (error) {
    if (error instanceof BadDashboard) return { file, message: error.message };
    return { file, message: `It can not be read: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** `team/Node Exporter.json` → `team-node-exporter`. */
function uidOfName(file: string): string {
  const name = file.slice(0, -'.json'.length).toLowerCase();
  return (
    name
      .replaceAll(/[^a-z0-9]+/g, '-')
      .replaceAll(/^-+|-+$/g, '')
      .slice(0, 100) || 'dashboard'
  );
}

export function summaryOf(document: JsonObject): DashboardSummary {
  const { title, description, tags, sections, version } = readDashboard(document);
  return { title, description, tags, version, panels: sections.reduce((sum, { panels }) => sum + panels.length, 0) };
}

function sorted(
  found: readonly (FiledDashboard | FileProblem)[],
  count: number,
  faults: readonly FileProblem[],
): FolderContents {
  const byUid = new Map<string, FiledDashboard>();
  const problems: FileProblem[] = [...faults];
  for (const one of found) {
    if (!('uid' in one)) problems.push(one);
    else {
      const first = byUid.get(one.uid);
      if (first === undefined) byUid.set(one.uid, one);
      else
        problems.push({
          file: one.file,
          message: `Its uid "${one.uid}" is that of ${first.file} too, which is taken: give it another.`,
        });
    }
  }
  if (count > maxFiles)
    problems.push({ file: '', message: `There are more than ${maxFiles} files; the first ${maxFiles} are taken.` });
  return { dashboards: [...byUid.values()], problems };
}
