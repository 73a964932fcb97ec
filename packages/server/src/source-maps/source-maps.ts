import { posix } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import type { ErrorFrame } from '@bellwether/model';
import type { ControlStore } from '../control/control-store.js';
import { type SourceMapEntry, keepSourceMap, sourceMapBody, sourceMapsOf } from '../control/source-map-files.js';
import { MapReader } from './map-reader.js';
import { BadMap, type MappedPlace, type Position } from './place-in-map.js';

const maxKept = 5000;
const maxFrames = 200;
const maxUnmapped = 10;
/** Few people write lines so long: who has one there is a bundler. */
const leastBuiltColumn = 500;

/** Of whom a stack is. */
export interface StackOwner {
  readonly workspace: string;
  readonly version: string;
  /** By the file that ran, when the event says it. */
  readonly debugIds: ReadonlyMap<string, string>;
}

/**
 * The source maps that were uploaded, and what they say of frames. They are applied when a stack is read, so that what came before an upload becomes readable too. Places
 * that were looked up are kept in memory; maps are not.
 */
export class SourceMaps {
  readonly #control: ControlStore;
  readonly #reader = new MapReader();
  readonly #places = new Map<string, MappedPlace | undefined>();
  /** Why maps could not be read the last time. */
  readonly #failures = new Map<string, string>();

  constructor(control: ControlStore) {
    this.#control = control;
  }

  /** Keeps a map of a release. Throws `BadMap` for what is none. */
  async keep(
    workspace: string,
    {
      version,
      file,
      map,
      nowMs,
    }: { readonly version: string; readonly file: string; readonly map: string; readonly nowMs: number },
  ): Promise<{
    readonly file: string;
    readonly debugId: string;
    readonly sources: number;
    readonly hasContent: boolean;
  }> {
    const body = await promisify(gzip)(map, { level: 6 });
    const described = await this.#reader.describe(workspace, body);
    const named = stableName(file).replace(/\.map$/, '');
    const entry = { version, file: named, debugId: described.debugId, uploadedMs: nowMs };
    if (!keepSourceMap(this.#control, workspace, entry, body))
      throw new BadMap(`the release ${version} has too many maps already`);
    return { file: named, ...described };
  }

  /** Frames as they were written, where a map of the release says it; the others as they are. Never rejects. */
  async frames(owner: StackOwner, frames: readonly ErrorFrame[]): Promise<readonly ErrorFrame[]> {
    if (owner.version === '' && owner.debugIds.size === 0) return frames;
    const entries = sourceMapsOf(this.#control, owner.workspace, owner.version, [...owner.debugIds.values()]);
    if (entries.length === 0) return frames;
    const asked = frames.slice(0, maxFrames).map(frame => this.#asked(owner, entries, frame));
    const byMap = new Map<SourceMapEntry, Position[]>();
    for (const one of asked) {
      if (one === undefined || this.#places.has(keyOf(owner, one))) continue;
      const positions = byMap.get(one.entry);
      if (positions === undefined) byMap.set(one.entry, [one.position]);
      else positions.push(one.position);
    }
    await Promise.all([...byMap].map(([entry, positions]) => this.#read(owner, entry, positions)));
    const places = asked.map(one => one && this.#places.get(keyOf(owner, one)));
    return frames.map((frame, i) => {
      const place = places[i];
      const entry = asked[i]?.entry;
      if (place === undefined || entry === undefined) return frame;
      const file = sourcePath(entry.file, place.file);
      // The call of a function is where its name stands: in the frame below. After an `await` it is not.
      const caller = frames[i + 1]?.called.startsWith('async ') === true ? undefined : places[i + 1];
      return {
        called: caller !== undefined && caller.name !== '' && isPlainName(frame.called) ? caller.name : frame.called,
        place: `${file}:${place.line}:${place.column}`,
        isOwn: !/(?:^|\/)node_modules\//.test(file),
        source: place.source.map(line => ({ ...line })),
        generated: frame.place,
        variables: frame.variables,
      };
    });
  }

  /** Why frames that `frames` gave back stand as they ran, by file: of those that look built alone. */
  unmapped(owner: StackOwner, shown: readonly ErrorFrame[]): readonly UnmappedFile[] {
    const entries = sourceMapsOf(this.#control, owner.workspace, owner.version, [...owner.debugIds.values()]);
    const found = new Map<string, string>();
    for (const frame of shown.slice(0, maxFrames)) {
      const [, file = '', line = '', column = ''] = placed.exec(frame.place) ?? [];
      if (!frame.isOwn || frame.generated !== '' || frame.source.length > 0 || !isScript.test(file)) continue;
      if (found.size >= maxUnmapped || found.has(file)) continue;
      const asked = this.#asked(owner, entries, frame);
      const why =
        asked === undefined
          ? this.#whyNoMap(owner, entries, Number(line), Number(column))
          : (this.#failures.get(keyOfMap(owner, asked.entry)) ??
            `its source map says nothing of ${line}:${column}: it is of another build`);
      if (why !== undefined) found.set(file, why);
    }
    return [...found].map(([file, why]) => ({ file, why }));
  }

  /** Undefined for a file that may have been written as it runs. */
  #whyNoMap(
    { version }: StackOwner,
    entries: readonly SourceMapEntry[],
    line: number,
    column: number,
  ): string | undefined {
    const own = entries.filter(entry => entry.version === version).map(({ file }) => file);
    if (own.length > 0) {
      const more = own.length > 3 ? ` and ${own.length - 3} more` : '';
      return `release ${version} has source maps of ${own.slice(0, 3).join(', ')}${more}, and none of this file`;
    }
    if (line >= 100 || column < leastBuiltColumn) return undefined;
    return version === ''
      ? 'it has no version (`service.version`), by which source maps are found'
      : `release ${version} has no source maps`;
  }

  close(): Promise<void> {
    return this.#reader.close();
  }

  #asked({ debugIds }: StackOwner, entries: readonly SourceMapEntry[], { place }: ErrorFrame): Asked | undefined {
    const [, file, line, column] = placed.exec(place) ?? [];
    if (file === undefined) return undefined;
    const name = stableName(file);
    const debugId = debugIds.get(file);
    const byId = debugId === undefined ? undefined : entries.find(entry => entry.debugId === debugId);
    const entry =
      byId ??
      entries
        .filter(({ file }) => name === file || name.endsWith(`/${file}`))
        .reduce<SourceMapEntry | undefined>(
          (a, b) => (a === undefined || b.file.length > a.file.length ? b : a),
          undefined,
        );
    return entry && { entry, position: { line: Number(line), column: Number(column) } };
  }

  async #read(owner: StackOwner, entry: SourceMapEntry, positions: readonly Position[]): Promise<void> {
    const body = sourceMapBody(this.#control, owner.workspace, entry);
    if (body === undefined) return;
    // A map that can not be read leaves frames as they are. It is tried again: there may have been too many at that time.
    const places = await this.#reader.places(owner.workspace, body, positions).catch((reason: unknown) => {
      if (this.#failures.size >= maxKept) this.#failures.clear();
      const why = reason instanceof Error ? reason.message : 'it can not be read';
      this.#failures.set(keyOfMap(owner, entry), `its source map could not be read: ${why}`);
    });
    if (places === undefined) return;
    this.#failures.delete(keyOfMap(owner, entry));
    if (this.#places.size + positions.length > maxKept) this.#places.clear();
    positions.forEach((position, i) => this.#places.set(keyOf(owner, { entry, position }), places[i]));
  }
}

/** A file that ran and could not be led back to what was written. */
export interface UnmappedFile {
  readonly file: string;
  readonly why: string;
}

interface Asked {
  readonly entry: SourceMapEntry;
  readonly position: Position;
}

/** `/srv/app/dist/main.js:1:4711` */
const placed = /^(.*?):(\d{1,9}):(\d{1,9})$/;
const isScript = /\.[cm]?js(?:[?#].*)?$/;

const keyOfMap = ({ workspace }: StackOwner, { version, file, uploadedMs }: SourceMapEntry): string =>
  JSON.stringify([workspace, version, file, uploadedMs]);

function keyOf({ workspace }: StackOwner, { entry, position }: Asked): string {
  const { version, file, uploadedMs } = entry;
  return JSON.stringify([workspace, version, file, uploadedMs, position.line, position.column]);
}

/** A name that a minifier may have given; `Order.pay` is none. */
const isPlainName = (called: string): boolean => /^[\w$]{1,3}$/.test(called);

/** Without scheme, host and query: `https://shop.example/assets/main.js?v=3` is `assets/main.js`. */
function stableName(file: string): string {
  return file
    .replace(/^[a-z][a-z+.-]*:\/\/[^/]*\//i, '')
    .replace(/[?#].*$/, '')
    .replaceAll('\\', '/')
    .replace(/^(?:\.?\/)+/, '');
}

/** Where a source is in its project: `../src/pay.ts` beside `dist/app.js` is `src/pay.ts`. */
function sourcePath(file: string, source: string): string {
  const plain = source.replace(/^webpack(?:-internal)?:\/\/[^/]*\//, '');
  const path = plain === source && !/^(?:\/|[a-z]+:)/i.test(source) ? posix.join(posix.dirname(file), source) : plain;
  return path.replace(/^(?:\.\.?\/)+/, '');
}
