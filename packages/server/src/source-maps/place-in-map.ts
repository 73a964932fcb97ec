import { z } from 'zod';

/** A position in the file that ran, as stacks write it: both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Where a position was written. */
export interface MappedPlace extends Position {
  /** As the map names it, with its `sourceRoot`. */
  readonly file: string;
  /** What stood at the position before it was renamed; '' when the map does not say. */
  readonly name: string;
  /** Lines of the source around it; empty when the map does not carry them. */
  readonly source: readonly { readonly line: number; readonly text: string; readonly isHere: boolean }[];
}

/** A source map that can not be used. The message says why. */
export class BadMap extends Error {
  override readonly name = 'BadMap';
}

const linesAround = 5;
const maxLineChars = 400;
const maxFileChars = 500;
const maxSections = 1000;

const plainMap = z.object({
  version: z.literal(3),
  mappings: z.string(),
  sources: z.array(z.string().nullable()).max(100_000),
  sourceRoot: z.string().nullish(),
  sourcesContent: z.array(z.string().nullable()).nullish(),
  names: z.array(z.unknown()).max(2_000_000).default([]),
  debugId: z.string().max(100).optional(),
  debug_id: z.string().max(100).optional(),
});

const indexMap = z.object({
  version: z.literal(3),
  sections: z
    .array(z.object({ offset: z.object({ line: z.number().min(0), column: z.number().min(0) }), map: plainMap }))
    .max(maxSections),
  debugId: z.string().max(100).optional(),
  debug_id: z.string().max(100).optional(),
});

type PlainMap = z.infer<typeof plainMap>;

/** A source map by ECMA-426, with sections or without; sections have none of their own. */
export interface SourceMapFile {
  readonly sections: readonly { readonly line: number; readonly column: number; readonly map: PlainMap }[];
  readonly debugId: string;
}

/** Reads the JSON of a source map (https://tc39.es/ecma426/). Throws `BadMap`. */
export function readSourceMap(json: string): SourceMapFile {
  let parsed: unknown;
  try {
    // Some servers put this line before it, so that no page can read the file as a script.
    parsed = JSON.parse(json.startsWith(")]}'") ? json.slice(json.indexOf('\n') + 1) : json);
  } catch {
    throw new BadMap('it is not JSON');
  }
  const isIndex = typeof parsed === 'object' && parsed !== null && 'sections' in parsed;
  const found = isIndex ? indexMap.safeParse(parsed) : plainMap.safeParse(parsed);
  if (!found.success) {
    const [issue] = found.error.issues;
    throw new BadMap(
      `it is no source map of version 3: ${issue?.path.join('.') || 'it'} ${issue?.message ?? 'is wrong'}`,
    );
  }
  const { data } = found;
  const sections =
    'sections' in data
      ? data.sections.map(({ offset, map }) => ({ ...offset, map }))
      : [{ line: 0, column: 0, map: data }];
  return { sections, debugId: data.debugId ?? data.debug_id ?? '' };
}

/**
 * Where each position was written; undefined where the map does not say. The mappings are read once, to the last line that is asked for, and none of them is kept: what a map
 * takes is its text, whatever it holds. Throws `BadMap` for mappings that are none.
 */
export function placesInMap(file: SourceMapFile, positions: readonly Position[]): readonly (MappedPlace | undefined)[] {
  const found = Array.from<MappedPlace | undefined>({ length: positions.length });
  const bySection = new Map<number, number[]>();
  positions.forEach(({ line, column }, i) => {
    const section = file.sections.findLastIndex(
      at => at.line < line - 1 || (at.line === line - 1 && at.column <= column - 1),
    );
    const asked = bySection.get(section);
    if (asked === undefined) bySection.set(section, [i]);
    else asked.push(i);
  });
  for (const [index, asked] of bySection) {
    const section = file.sections[index];
    if (section === undefined) continue;
    const inSection = asked.map(i => {
      const { line, column } = positions[i] ?? { line: 1, column: 1 };
      const row = line - 1 - section.line;
      return { row, column: row === 0 ? column - 1 - section.column : column - 1 };
    });
    const segments = segmentsAt(section.map.mappings, inSection);
    asked.forEach((i, k) => (found[i] = placeOf(section.map, segments[k])));
  }
  return found;
}

/** What a mapping says, all from 0. */
interface Segment {
  readonly column: number;
  readonly source: number;
  readonly line: number;
  readonly sourceColumn: number;
  readonly name: number;
}

/** The last mapping of each row at or before its column; undefined when there is none, or it says that nothing is known from there on. */
function segmentsAt(
  mappings: string,
  asked: readonly { readonly row: number; readonly column: number }[],
): readonly (Segment | undefined)[] {
  const best = Array.from<Segment | undefined>({ length: asked.length });
  const lastRow = Math.max(...asked.map(({ row }) => row));
  const byRow = new Map<number, number[]>();
  asked.forEach(({ row }, i) => byRow.set(row, [...(byRow.get(row) ?? []), i]));
  const columnOf = (i: number | undefined): number => asked[i ?? -1]?.column ?? -1;
  for (const list of byRow.values()) list.sort((a, b) => columnOf(a) - columnOf(b));
  let [row, column, source, line, sourceColumn, name] = [0, 0, 0, 0, 0, 0];
  let wanted = byRow.get(0);
  const fields: number[] = [];
  const end = mappings.length;
  let at = 0;
  while (at <= end) {
    const code = at === end ? semicolon : mappings.charCodeAt(at);
    if (code === comma || code === semicolon) {
      if (fields.length > 0) {
        column += fields[0] ?? 0;
        const isKnown = fields.length >= 4;
        if (isKnown) {
          source += fields[1] ?? 0;
          line += fields[2] ?? 0;
          sourceColumn += fields[3] ?? 0;
        }
        const hasName = fields.length >= 5;
        if (hasName) name += fields[4] ?? 0;
        // The nearest that is asked for from here on; those behind it are told at the end of the row. A bundle is one row of millions of mappings.
        const nearest = wanted?.[firstFrom(wanted, columnOf, column)];
        if (nearest !== undefined && (best[nearest]?.column ?? column) <= column)
          best[nearest] = { column, source: isKnown ? source : -1, line, sourceColumn, name: hasName ? name : -1 };
        fields.length = 0;
      }
      if (code === semicolon) {
        let last: Segment | undefined;
        for (const i of wanted ?? []) last = best[i] ??= last;
        row += 1;
        if (row > lastRow) break;
        column = 0;
        wanted = byRow.get(row);
      }
      at += 1;
      continue;
    }
    let [value, shift, digit] = [0, 0, 32];
    while ((digit & 32) !== 0) {
      digit = digits[mappings.charCodeAt(at)] ?? -1;
      if (digit < 0 || shift > 30) throw new BadMap('its mappings are broken');
      value |= (digit & 31) << shift;
      shift += 5;
      at += 1;
    }
    fields.push((value & 1) === 1 ? -(value >>> 1) : value >>> 1);
    if (fields.length > 5) throw new BadMap('its mappings are broken');
  }
  return best.map(segment => (segment === undefined || segment.source < 0 ? undefined : segment));
}

/** Where in a sorted list the first stands that is at or after `column`; its length when there is none. */
function firstFrom(sorted: readonly number[], columnOf: (i: number | undefined) => number, column: number): number {
  let [from, to] = [0, sorted.length];
  while (from < to) {
    const middle = (from + to) >>> 1;
    if (columnOf(sorted[middle]) < column) from = middle + 1;
    else to = middle;
  }
  return from;
}

const comma = 44;
const semicolon = 59;

/** What each character of base64 stands for, by its code. */
const digits: Int8Array = Int8Array.from({ length: 128 }, (_, code) =>
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'.indexOf(String.fromCharCode(code)),
);

function placeOf(map: PlainMap, segment: Segment | undefined): MappedPlace | undefined {
  const source = segment === undefined ? undefined : map.sources[segment.source];
  if (segment === undefined || source === undefined || source === null) return undefined;
  const name = map.names[segment.name];
  const file = (map.sourceRoot ?? '') === '' ? source : `${(map.sourceRoot ?? '').replace(/\/$/, '')}/${source}`;
  return {
    // It goes with every frame; of a longer one the end says more.
    file: file.slice(-maxFileChars),
    line: segment.line + 1,
    column: segment.sourceColumn + 1,
    name: typeof name === 'string' ? name.slice(0, 200) : '',
    source: around(map.sourcesContent?.[segment.source] ?? undefined, segment.line),
  };
}

/** Lines of a text around one (from 0), without splitting all of it. */
function around(content: string | undefined, line: number): MappedPlace['source'] {
  if (content === undefined) return [];
  const first = Math.max(line - linesAround, 0);
  let start = 0;
  for (let n = 0; n < first; n++) {
    const end = content.indexOf('\n', start);
    if (end < 0) return [];
    start = end + 1;
  }
  const lines: { line: number; text: string; isHere: boolean }[] = [];
  for (let n = first; n <= line + linesAround && start <= content.length; n++) {
    const found = content.indexOf('\n', start);
    const end = found < 0 ? content.length : found;
    lines.push({ line: n + 1, text: content.slice(start, Math.min(end, start + maxLineChars)), isHere: n === line });
    start = end + 1;
  }
  return lines.some(({ isHere }) => isHere) ? lines : [];
}
