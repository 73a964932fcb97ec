import {
  type Json,
  type JsonObject,
  type JsonPath,
  isObject,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  valueAt,
  withValueAt,
} from '../json/json.js';
import { type GridPlace, readPlace } from './panel.js';

/** A panel among those it shares a row with. */
interface Placed {
  readonly path: JsonPath;
  readonly place: GridPlace;
}

/** Panels that make room for each other: those between two rows, or those in a folded one. */
interface Neighbours {
  readonly panels: readonly Placed[];
  /** Where the first of them may stand. */
  readonly top: number;
  /** What stands below them, and moves with their end. */
  readonly below: readonly Placed[];
}

export const columnCount = 24;

/** Whether a panel can be moved: rows of before 2018 have no grid. */
export function canArrange(path: JsonPath): boolean {
  return path[0] === 'panels';
}

/**
 * The document with a panel at another place, or of another size. As in Grafana, every panel moves up until it meets another one: those in the way
 * go below it, or stay above it where it was put below their middle. Rows further down keep their distance.
 */
export function placePanel(document: JsonObject, path: JsonPath, place: GridPlace): JsonObject {
  const around = neighboursOf(document, path);
  const moved = around?.panels.find(one => samePath(one.path, path));
  if (around === undefined || moved === undefined) return document;
  const wanted = { path, place: fitted({ ...place, y: place.y - around.top }) };
  const others = settled(
    around.panels
      .filter(one => one !== moved)
      .map(one => ({ ...one, place: { ...one.place, y: one.place.y - around.top } })),
  );
  const before = others.findIndex(
    one => overlapsAcross(one.place, wanted.place) && one.place.y + one.place.h / 2 > wanted.place.y,
  );
  const at = before < 0 ? others.length : before;
  const next = dropped([...others.slice(0, at), wanted, ...others.slice(at)]).map(one => ({
    ...one,
    place: { ...one.place, y: one.place.y + around.top },
  }));
  return withBelow(withPlaces(document, next), around, bottomOf(around.panels), bottomOf(next));
}

/** Where a panel goes when it moves one step: sideways by a column, up and down past what stands there. */
export function steppedPlace(
  document: JsonObject,
  path: JsonPath,
  direction: 'left' | 'right' | 'up' | 'down',
): GridPlace | undefined {
  const now = placeAt(document, path);
  const around = neighboursOf(document, path);
  if (now === undefined || around === undefined) return undefined;
  if (direction === 'left') return { ...now, x: Math.max(now.x - 1, 0) };
  if (direction === 'right') return { ...now, x: Math.min(now.x + 1, columnCount - now.w) };
  const end = bottomOf(around.panels);
  const step = direction === 'up' ? -1 : 1;
  for (let y = now.y + step; y >= around.top && y <= end; y += step) {
    const there = placeAt(placePanel(document, path, { ...now, y }), path);
    if (there !== undefined && (step < 0 ? there.y < now.y : there.y > now.y)) return { ...now, y };
  }
  return undefined;
}

/** Where a panel stands as the file says. */
export function placeAt(document: JsonObject, path: JsonPath): GridPlace | undefined {
  const panel = valueAt(document, path);
  return panel !== undefined && isObject(panel) ? readPlace(panel) : undefined;
}

/** Without a panel; those below it move up. */
export function removePanel(document: JsonObject, path: JsonPath): JsonObject {
  const at = path.at(-1);
  const owner = path.slice(0, -1);
  const list = valueAt(document, owner);
  if (typeof at !== 'number' || !Array.isArray(list)) return document;
  const around = neighboursOf(document, path);
  const kept = around?.panels.filter(one => !samePath(one.path, path)) ?? [];
  const settledBelow =
    around === undefined
      ? document
      : withBelow(document, around, bottomOf(around.panels), Math.max(bottomOf(kept), around.top));
  return asObject(
    withValueAt(
      settledBelow,
      owner,
      listAt(settledBelow, owner).filter((_, index) => index !== at),
    ),
    document,
  );
}

/** With a copy of a panel below it. */
export function duplicatePanel(document: JsonObject, path: JsonPath): JsonObject {
  const at = path.at(-1);
  const owner = path.slice(0, -1);
  const panel = valueAt(document, path);
  if (typeof at !== 'number' || panel === undefined || !isObject(panel)) return document;
  const list = listAt(document, owner);
  const place = readPlace(panel);
  const copied: JsonObject = {
    ...panel,
    id: nextPanelId(document),
    title: `${textOf(panel, 'title')} (copy)`,
    ...(canArrange(path) && { gridPos: gridPosOf({ ...place, y: place.y + place.h }, objectOf(panel, 'gridPos')) }),
  };
  const next = asObject(
    withValueAt(document, owner, [...list.slice(0, at + 1), copied, ...list.slice(at + 1)]),
    document,
  );
  return placePanel(next, [...owner, at + 1], { ...place, y: place.y + place.h });
}

/** An id that no panel has. */
export function nextPanelId(document: JsonObject): number {
  const panels = [...objectsOf(document, 'panels'), ...objectsOf(document, 'rows')];
  const ids = panels.flatMap(one => [one, ...objectsOf(one, 'panels')]).map(one => numberOf(one, 'id') ?? 0);
  return ids.reduce((most, id) => Math.max(most, id), 0) + 1;
}

function neighboursOf(document: JsonObject, path: JsonPath): Neighbours | undefined {
  if (!canArrange(path)) return undefined;
  const owner = path.slice(0, -1);
  const inOrder = listAt(document, owner)
    .flatMap((raw, at) =>
      isObject(raw) ? [{ path: [...owner, at], place: readPlace(raw), isRow: textOf(raw, 'type') === 'row' }] : [],
    )
    .toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
  const at = inOrder.findIndex(one => samePath(one.path, path));
  if (at < 0) return undefined;
  const rowBefore = inOrder.slice(0, at).findLastIndex(({ isRow }) => isRow);
  const rowAfter = inOrder.findIndex(({ isRow }, index) => isRow && index > at);
  const row = inOrder[rowBefore];
  const end = rowAfter < 0 ? inOrder.length : rowAfter;
  const panels = inOrder.slice(rowBefore + 1, end);
  // In a folded row the places count from wherever it was when it was folded.
  const top =
    owner.length > 1 ? Math.min(...panels.map(({ place }) => place.y)) : row === undefined ? 0 : row.place.y + 1;
  return { panels, top, below: inOrder.slice(end) };
}

const samePath = (a: JsonPath, b: JsonPath): boolean => a.length === b.length && a.every((part, at) => part === b[at]);

const overlapsAcross = (a: GridPlace, b: GridPlace): boolean => a.x < b.x + b.w && b.x < a.x + a.w;

function bottomOf(panels: readonly Placed[]): number {
  return panels.reduce((end, { place }) => Math.max(end, place.y + place.h), 0);
}

function fitted({ x, y, w, h }: GridPlace): GridPlace {
  const width = Math.min(Math.max(w, 1), columnCount);
  return {
    x: Math.min(Math.max(x, 0), columnCount - width),
    y: Math.max(y, 0),
    w: width,
    h: Math.min(Math.max(h, 2), 200),
  };
}

function settled(panels: readonly Placed[]): readonly Placed[] {
  return dropped(panels.toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x));
}

/** Each in turn moves up as far as those before it let it. */
function dropped(panels: readonly Placed[]): readonly Placed[] {
  const floor = Array.from({ length: columnCount }, () => 0);
  return panels.map(({ path, place }) => {
    const y = Math.max(...floor.slice(place.x, place.x + place.w));
    floor.fill(y + place.h, place.x, place.x + place.w);
    return { path, place: { ...place, y } };
  });
}

function withPlaces(document: JsonObject, panels: readonly Placed[]): JsonObject {
  return panels.reduce((next, { path, place }) => {
    const panel = valueAt(next, path);
    if (panel === undefined || !isObject(panel)) return next;
    const now = readPlace(panel);
    if (now.x === place.x && now.y === place.y && now.w === place.w && now.h === place.h) return next;
    return asObject(withValueAt(next, [...path, 'gridPos'], gridPosOf(place, objectOf(panel, 'gridPos'))), next);
  }, document);
}

/** What stands below ends up as far from the end of the panels as it was. */
function withBelow(document: JsonObject, { below }: Neighbours, before: number, after: number): JsonObject {
  const first = below[0]?.place.y;
  if (first === undefined) return document;
  const by = first >= before ? after - before : Math.max(0, after - first);
  if (by === 0) return document;
  return withPlaces(
    document,
    below.map(({ path, place }) => ({ path, place: { ...place, y: place.y + by } })),
  );
}

/** What else stands in a panel's `gridPos` (`static`) stays. */
function gridPosOf({ x, y, w, h }: GridPlace, had: JsonObject): JsonObject {
  return { ...had, h, w, x, y };
}

function listAt(document: JsonObject, path: JsonPath): readonly Json[] {
  const list = valueAt(document, path);
  return Array.isArray(list) ? list : [];
}

function asObject(value: Json, otherwise: JsonObject): JsonObject {
  return isObject(value) ? value : otherwise;
}
