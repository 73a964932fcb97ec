import { z } from 'zod';
import type { ControlStore } from './control-store.js';

/** A source map that was uploaded, without its body. */
export interface SourceMapEntry {
  readonly version: string;
  /** The file it is of, as stacks end with it. */
  readonly file: string;
  /** '' when it has none. */
  readonly debugId: string;
  /** Tells one upload of it from the next, milliseconds since 1970. */
  readonly uploadedMs: number;
}

/** Compressed, of a workspace; the maps that were uploaded first go when there are more. */
const maxBytes = 1_073_741_824;
const maxPerRelease = 5000;

const storedEntry = z.object({
  version: z.string(),
  file: z.string(),
  debug_id: z.string(),
  uploaded_ms: z.number(),
});
/** Bytes come as an ArrayBuffer, or as a view of one. */
const storedBody = z.object({ body: z.union([z.instanceof(ArrayBuffer), z.instanceof(Uint8Array)]) });

function readEntry(row: unknown): SourceMapEntry {
  const { version, file, debug_id, uploaded_ms } = storedEntry.parse(row);
  return { version, file, debugId: debug_id, uploadedMs: uploaded_ms };
}

/** Keeps a map, in the place of the one that its file had. Returns false when the release has too many. */
export function keepSourceMap(
  { db }: ControlStore,
  workspace: string,
  { version, file, debugId, uploadedMs }: SourceMapEntry,
  body: Uint8Array,
): boolean {
  const [row] = db
    .prepare('SELECT count(*) AS n FROM source_maps WHERE workspace = ? AND version = ? AND file != ?')
    .all(workspace, version, file);
  if (Number(Object(row).n) >= maxPerRelease) return false;
  db.prepare(
    `INSERT INTO source_maps (workspace, version, file, debug_id, uploaded_ms, body) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT DO UPDATE SET debug_id = excluded.debug_id, uploaded_ms = excluded.uploaded_ms, body = excluded.body`,
  ).run(workspace, version, file, debugId, uploadedMs, Buffer.from(body));
  db.prepare(
    `DELETE FROM source_maps WHERE workspace = ? AND rowid IN (
  SELECT row FROM (SELECT rowid AS row, sum(length(body)) OVER (ORDER BY uploaded_ms DESC, rowid DESC) AS bytes FROM source_maps WHERE workspace = ?) WHERE bytes > ?)`,
  ).run(workspace, workspace, maxBytes);
  return true;
}

/** The maps of a release, and those with one of these debug ids whatever their release. */
export function sourceMapsOf(
  { db }: ControlStore,
  workspace: string,
  version: string,
  debugIds: readonly string[],
): readonly SourceMapEntry[] {
  const columns = 'SELECT version, file, debug_id, uploaded_ms FROM source_maps WHERE workspace = ? AND';
  return [
    ...db.prepare(`${columns} version = ?`).all(workspace, version),
    ...debugIds.slice(0, 100).flatMap(id => db.prepare(`${columns} debug_id = ? LIMIT 1`).all(workspace, id)),
  ].map(readEntry);
}

/** How many maps each release has. */
export function countSourceMaps({ db }: ControlStore, workspace: string): ReadonlyMap<string, number> {
  const rows = db
    .prepare('SELECT version, count(*) AS n FROM source_maps WHERE workspace = ? GROUP BY version')
    .all(workspace);
  const counted = z.object({ version: z.string(), n: z.number() });
  return new Map(
    rows.map(row => {
      const { version, n } = counted.parse(row);
      return [version, n] as const;
    }),
  );
}

/** The workspaces that have maps. */
export function workspacesOfMaps({ db }: ControlStore): readonly string[] {
  const named = z.object({ workspace: z.string() });
  return db
    .prepare('SELECT DISTINCT workspace FROM source_maps')
    .all()
    .map(row => named.parse(row).workspace);
}

/** When a map of each release came last, of the releases with the newest, in milliseconds since 1970. */
export function newestMaps({ db }: ControlStore, workspace: string, limit: number): ReadonlyMap<string, number> {
  const newest = z.object({ version: z.string(), newest: z.number() });
  const rows = db
    .prepare(
      'SELECT version, max(uploaded_ms) AS newest FROM source_maps WHERE workspace = ? GROUP BY version ORDER BY newest DESC LIMIT ?',
    )
    .all(workspace, limit);
  return new Map(
    rows.map(row => {
      const { version, newest: uploadedMs } = newest.parse(row);
      return [version, uploadedMs] as const;
    }),
  );
}

/** The map itself, compressed with gzip; undefined when it is gone. */
export function sourceMapBody(
  { db }: ControlStore,
  workspace: string,
  { version, file }: Pick<SourceMapEntry, 'version' | 'file'>,
): Uint8Array | undefined {
  const [row] = db
    .prepare('SELECT body FROM source_maps WHERE workspace = ? AND version = ? AND file = ?')
    .all(workspace, version, file);
  return row === undefined ? undefined : new Uint8Array(storedBody.parse(row).body);
}
