import type { ChdbStore } from '../store/chdb-store.js';
import type { BlockInserter } from '../store/quarantine.js';

/** Tables that say which series there are and what they are called. */
const describesSeries: ReadonlySet<string> = new Set(['metric_series', 'metric_metadata', 'resources']);

/** A block with rows of more workspaces is not told by workspace: all of them read anew. So is everything when this many workspaces had new series. */
const maxWorkspaces = 1000;

/**
 * When the series of a workspace were last written, as a number that changes with each time: what is remembered of them holds as long as it stays.
 *
 * New series of one workspace leave what is remembered of another as it was.
 */
export class SeriesVersions {
  readonly #own = new Map<string, number>();
  #last = 0;
  #ofAll = 0;
  #isAsked = false;

  of(workspace: string): number {
    this.#isAsked = true;
    return this.#own.get(workspace) ?? this.#ofAll;
  }

  /** Whether anybody may remember anything. */
  get isAsked(): boolean {
    return this.#isAsked;
  }

  /** Undefined: of whom is not known, or there are too many of them. */
  changed(workspaces: readonly string[] | undefined): void {
    const version = ++this.#last;
    for (const workspace of workspaces ?? []) this.#own.set(workspace, version);
    if (workspaces !== undefined && this.#own.size <= maxWorkspaces) return;
    this.#own.clear();
    this.#ofAll = version;
  }
}

/** Inserts blocks, and says of which workspaces there are other series after that; a block that fails may be stored in part, so it is told as well. */
export function countingInsert(insert: BlockInserter, store: ChdbStore, versions: SeriesVersions): BlockInserter {
  const writers = async (table: string, path: string): Promise<readonly string[] | undefined> => {
    try {
      const found = await store.workspacesOf(table, path, maxWorkspaces + 1);
      return found.length > maxWorkspaces ? undefined : found;
    } catch {
      return undefined;
    }
  };
  return async (file, token) => {
    if (!describesSeries.has(file.table)) return insert(file, token);
    // Read beforehand: who stores a block may take its file away.
    const workspaces = versions.isAsked ? await writers(file.table, file.path) : undefined;
    try {
      return await insert(file, token);
    } finally {
      // Counted after the rows can be seen, so that whoever read before reads again.
      versions.changed(workspaces);
    }
  };
}
