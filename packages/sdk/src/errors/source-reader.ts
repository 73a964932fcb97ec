import { fs } from '../core/node-modules.js';
import { SourceMap } from 'node:module';
import { dirname, isAbsolute, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { SourceLines, SourcePlace } from './source-place.js';
import type { Place } from './stack.js';

const linesAround = 4;
const maxLineChars = 160;
const maxFileBytes = 20 * 1_048_576;
const maxFiles = 20;

/** A file that ran, or a source that it was made from. */
interface SourceFile {
  readonly lines: readonly string[];
  readonly map: LoadedMap | undefined;
}

interface LoadedMap {
  readonly map: SourceMap;
  /** The folder that its sources are relative to. */
  readonly folder: string;
  /** The text of each source, when the map carries it. */
  readonly contents: ReadonlyMap<string, string>;
}

/**
 * Finds places in sources: through the source map that a file names (`//# sourceMappingURL=`, in the file itself or beside it), and without one in the file
 * as it is. Node's own `findSourceMap` knows maps only under `--enable-source-maps`, and then stacks are mapped already. Reads synchronously; after `budgetMs`
 * it reads no further file.
 */
export class SourceReader {
  readonly #files = new Map<string, SourceFile | undefined>();
  #budgetMs: number;

  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs;
  }

  /** Undefined when the file cannot be read. */
  read(place: Place): SourcePlace | undefined {
    const before = performance.now();
    try {
      return this.#find(place);
    } catch {
      return undefined;
    } finally {
      this.#budgetMs -= performance.now() - before;
    }
  }

  #find({ file, line, column }: Place): SourcePlace | undefined {
    const ran = this.#file(file);
    if (ran === undefined) return undefined;
    const entry = ran.map?.map.findEntry(line - 1, column - 1);
    if (ran.map === undefined || entry === undefined || !('originalSource' in entry))
      return { file, line, column, isMapped: false, lines: around(ran.lines, line) };
    const source = sourcePath(entry.originalSource, ran.map.folder);
    const content = ran.map.contents.get(entry.originalSource);
    const lines = content === undefined ? this.#file(source)?.lines : content.split('\n');
    const original = { line: entry.originalLine + 1, column: entry.originalColumn + 1 };
    return { file: source, ...original, isMapped: true, lines: lines && around(lines, original.line) };
  }

  #file(path: string): SourceFile | undefined {
    if (this.#files.has(path)) return this.#files.get(path);
    if (this.#budgetMs <= 0 || !isAbsolute(path)) return undefined;
    const oldest = this.#files.size >= maxFiles ? this.#files.keys().next().value : undefined;
    if (oldest !== undefined) this.#files.delete(oldest);
    const file = readFile(path);
    this.#files.set(path, file);
    return file;
  }
}

function readFile(path: string): SourceFile | undefined {
  const text = readText(path);
  return text === undefined ? undefined : { lines: text.split('\n'), map: readMap(path, text) };
}

function readText(path: string): string | undefined {
  try {
    const { size } = fs.statSync(path);
    return size > maxFileBytes ? undefined : fs.readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

const marker = '//# sourceMappingURL=';

/** https://tc39.es/ecma426/: the last such comment of the file says where its map is. Maps elsewhere than in a file are not fetched. */
function readMap(path: string, text: string): LoadedMap | undefined {
  const at = text.lastIndexOf(marker);
  if (at < 0 || text.slice(at).trimEnd().includes('\n')) return undefined;
  const url = text.slice(at + marker.length).trim();
  const inline = /^data:application\/json[^,]*,/.exec(url)?.[0];
  const mapPath = inline === undefined ? pathIn(dirname(path), url) : path;
  if (mapPath === undefined) return undefined;
  const json = inline === undefined ? readText(mapPath) : inlineText(url.slice(inline.length), inline);
  if (json === undefined) return undefined;
  try {
    // A source map by its standard; what is missing or of another kind makes the map unreadable, below.
    const payload = JSON.parse(json) as ConstructorParameters<typeof SourceMap>[0];
    const contents = new Map<string, string>();
    for (const [index, source] of payload.sources.entries()) {
      const content: unknown = payload.sourcesContent?.[index];
      if (typeof content === 'string') contents.set(source, content);
    }
    return { map: new SourceMap(payload), folder: resolve(dirname(mapPath), payload.sourceRoot ?? ''), contents };
  } catch {
    return undefined;
  }
}

function inlineText(data: string, head: string): string {
  return head.includes(';base64') ? Buffer.from(data, 'base64').toString('utf8') : decodeURIComponent(data);
}

function pathIn(folder: string, url: string): string | undefined {
  try {
    if (url.startsWith('file://')) return fileURLToPath(url);
    return /^[a-z][a-z+.-]+:/i.test(url) ? undefined : resolve(folder, decodeURIComponent(url));
  } catch {
    return undefined;
  }
}

/** `webpack://shop/./src/a.ts` stays as it is: it is no file, but says where in the project it was. */
function sourcePath(source: string, folder: string): string {
  return pathIn(folder, source) ?? source;
}

function around(lines: readonly string[], line: number): SourceLines | undefined {
  const at = lines[line - 1];
  if (at === undefined) return undefined;
  return {
    before: lines.slice(Math.max(0, line - 1 - linesAround), line - 1).map(cut),
    at: cut(at),
    after: lines.slice(line, line + linesAround).map(cut),
  };
}

function cut(line: string): string {
  const end = line.endsWith('\r') ? line.slice(0, -1) : line;
  return end.length > maxLineChars ? `${end.slice(0, maxLineChars)}…` : end;
}
