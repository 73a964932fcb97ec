/** A frame as it is put in: callers stand before what they call. */
export type FlameInput = {
  readonly name: string;
  /** What gives it its colour: the service, or the file's package. */
  readonly group: string;
  /** Where it stands in the code; '' when it has no place. */
  readonly place: string;
  /** Index of the caller; -1 for a root. */
  readonly parent: number;
  readonly self: number;
  /** As it is told; the width is what it and its calls took together. */
  readonly total: number;
  /** In the earlier profile or period; undefined without one. */
  readonly before: number | undefined;
  readonly isFailed: boolean;
};

/** Where each frame stands: calls go down, and a frame is as wide as itself and its calls. */
export type FlameModel = {
  readonly frames: readonly FlameInput[];
  readonly start: Float64Array;
  readonly width: Float64Array;
  readonly depth: Int32Array;
  readonly firstChild: Int32Array;
  readonly nextSibling: Int32Array;
  /** Frames of row r from left to right: `rows[r]`. */
  readonly rows: readonly Int32Array[];
  readonly whole: number;
};

/** Lays frames out, the widest first among siblings. A frame that only the earlier one has has no width. */
export function flameModel(frames: readonly FlameInput[]): FlameModel {
  const count = frames.length;
  const width = new Float64Array(count);
  const depth = new Int32Array(count);
  for (let i = count - 1; i >= 0; i--) {
    const { self, parent } = frames[i]!;
    width[i] = width[i]! + Math.max(self, 0);
    if (parent >= 0) width[parent] = width[parent]! + width[i]!;
  }
  const children = new Map<number, number[]>();
  const rowOf: number[][] = [];
  for (let i = 0; i < count; i++) {
    const { parent } = frames[i]!;
    depth[i] = parent < 0 ? 0 : depth[parent]! + 1;
    const siblings = children.get(parent);
    if (siblings === undefined) children.set(parent, [i]);
    else siblings.push(i);
    (rowOf[depth[i]!] ??= []).push(i);
  }
  const start = new Float64Array(count);
  const firstChild = new Int32Array(count).fill(-1);
  const nextSibling = new Int32Array(count).fill(-1);
  let whole = 0;
  // Callers come first: a caller's place is known before its calls are laid out.
  for (const [parent, siblings] of children) {
    siblings.sort((a, b) => width[b]! - width[a]!);
    let at = parent < 0 ? 0 : start[parent]!;
    siblings.forEach((frame, i) => {
      start[frame] = at;
      at += width[frame]!;
      nextSibling[frame] = siblings[i + 1] ?? -1;
    });
    if (parent < 0) whole = at;
    else firstChild[parent] = siblings[0] ?? -1;
  }
  const rows = rowOf.map(row => Int32Array.from(row.toSorted((a, b) => start[a]! - start[b]!)));
  return { frames, start, width, depth, firstChild, nextSibling, rows, whole };
}

/** The frame of a row at a place, or -1. Looks through the row by halving it. */
export function frameAt({ rows, start, width }: FlameModel, row: number, at: number): number {
  const inRow = rows[row];
  if (inRow === undefined) return -1;
  let low = 0;
  let high = inRow.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (start[inRow[middle]!]! <= at) low = middle + 1;
    else high = middle;
  }
  // Frames without width stand at the same place as the one they follow.
  for (let i = low - 1; i >= 0; i--) {
    const frame = inRow[i]!;
    if (width[frame]! > 0) return at < start[frame]! + width[frame]! ? frame : -1;
  }
  return -1;
}

/** A function or operation, however it was reached. */
export type FlameRow = {
  readonly name: string;
  readonly group: string;
  readonly place: string;
  readonly self: number;
  /** Without the time of calls of itself, which it has already. */
  readonly total: number;
  readonly before: number | undefined;
  /** The widest of its frames. */
  readonly frame: number;
};

const keyOf = ({ group, name, place }: FlameInput): string => JSON.stringify([group, name, place]);

/** The table beside the picture, what took most itself first. */
export function flameRows({ frames, width }: FlameModel): readonly FlameRow[] {
  const rows = new Map<string, { -readonly [key in keyof FlameRow]: FlameRow[key] }>();
  const keys = frames.map(keyOf);
  frames.forEach((frame, i) => {
    const key = keys[i]!;
    let isInside = false;
    for (let above = frame.parent; above >= 0 && !isInside; above = frames[above]!.parent)
      isInside = keys[above] === key;
    const row = rows.get(key);
    if (row === undefined) {
      const { name, group, place, self, total, before } = frame;
      rows.set(key, { name, group, place, self, total, before, frame: i });
      return;
    }
    row.self += frame.self;
    if (!isInside) {
      row.total += frame.total;
      row.before = frame.before === undefined ? undefined : (row.before ?? 0) + frame.before;
    }
    if (width[i]! > width[row.frame]!) row.frame = i;
  });
  return [...rows.values()].toSorted((a, b) => b.self - a.self);
}
