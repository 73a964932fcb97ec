import {
  type Json,
  type JsonObject,
  type JsonPath,
  fieldOf,
  isObject,
  objectOf,
  objectsOf,
  textOf,
  valueAt,
  withValueAt,
} from '../json/json.js';
import { nextPanelId } from './arrange-panels.js';

/** What can be changed of a panel; undefined stays as it is. */
export interface PanelEdit {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly unit?: string | undefined;
  readonly type?: string | undefined;
  /** All queries, those that are to stay. */
  readonly targets?: readonly TargetEdit[] | undefined;
}

export interface TargetEdit {
  /** Its place in the file; undefined: it is new. */
  readonly at: number | undefined;
  readonly expr: string;
  readonly legend: string;
}

/** The document with one panel changed; everything else is untouched, also what we do not know. */
export function editPanel(document: JsonObject, path: JsonPath, edit: PanelEdit): JsonObject {
  const panel = valueAt(document, path);
  if (panel === undefined || !isObject(panel)) return document;
  let changed: Json = panel;
  const put = (at: JsonPath, value: Json | undefined): void => {
    changed = withValueAt(changed, at, value);
  };
  if (edit.title !== undefined && edit.title !== textOf(panel, 'title')) put(['title'], edit.title);
  if (edit.description !== undefined && edit.description !== textOf(panel, 'description')) {
    put(['description'], edit.description === '' ? undefined : edit.description);
  }
  const place = unitPath(panel);
  if (edit.unit !== undefined && edit.unit !== unitOf(panel))
    put(place, edit.unit === '' && place[0] !== 'yaxes' ? undefined : edit.unit);
  if (edit.type !== undefined && edit.type !== textOf(panel, 'type')) put(['type'], edit.type);
  if (edit.targets !== undefined) {
    const had = fieldOf(panel, 'targets');
    const list: readonly Json[] = Array.isArray(had) ? had : [];
    const next = editTargets(list, edit.targets);
    if (next.length !== list.length || next.some((one, at) => one !== list[at])) put(['targets'], next);
  }
  const edited = changed === panel ? document : withValueAt(document, path, changed);
  return isObject(edited) ? edited : document;
}

function editTargets(had: readonly Json[], targets: readonly TargetEdit[]): readonly Json[] {
  const letters = new Set(had.flatMap(one => (isObject(one) ? [textOf(one, 'refId')] : [])));
  return targets.map(({ at, expr, legend }): Json => {
    const known = at === undefined ? undefined : had[at];
    if (known === undefined || !isObject(known)) {
      const refId = freeLetter(letters);
      letters.add(refId);
      return { refId, expr, ...(legend !== '' && { legendFormat: legend }) };
    }
    let next: Json = known;
    if (expr !== textOf(known, 'expr')) next = withValueAt(next, ['expr'], expr);
    if (legend !== textOf(known, 'legendFormat')) next = withValueAt(next, ['legendFormat'], legend);
    return next;
  });
}

function freeLetter(taken: ReadonlySet<string>): string {
  for (let at = 0; ; at += 1) {
    const letter = String.fromCharCode(65 + (at % 26)) + (at < 26 ? '' : String(Math.floor(at / 26)));
    if (!taken.has(letter)) return letter;
  }
}

/** Where a panel keeps its unit; kinds of before 2020 have it elsewhere. */
function unitPath(panel: JsonObject): JsonPath {
  switch (textOf(panel, 'type')) {
    case 'graph':
      return fieldOf(panel, 'yaxes') === undefined ? ['fieldConfig', 'defaults', 'unit'] : ['yaxes', 0, 'format'];
    case 'singlestat':
      return ['format'];
    default:
      return ['fieldConfig', 'defaults', 'unit'];
  }
}

/** The unit as the file has it. */
export function unitOf(panel: JsonObject): string {
  const value = valueAt(panel, unitPath(panel));
  return typeof value === 'string' ? value : '';
}

/** A dashboard to begin with. */
export function emptyDashboard(uid: string, title: string): JsonObject {
  return {
    uid,
    title,
    tags: [],
    editable: true,
    schemaVersion: 41,
    version: 0,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    annotations: { list: [] },
    templating: { list: [] },
    panels: [],
  };
}

/** With one more panel below all others. */
export function addPanel(document: JsonObject, type: string, title: string): JsonObject {
  const panels = objectsOf(document, 'panels');
  const bottom = Math.max(
    0,
    ...panels.map(one => Number(objectOf(one, 'gridPos')['y'] ?? 0) + Number(objectOf(one, 'gridPos')['h'] ?? 0)),
  );
  const panel: JsonObject = {
    id: nextPanelId(document),
    type,
    title,
    datasource: { type: 'prometheus', uid: 'prometheus' },
    gridPos: { x: 0, y: Number.isFinite(bottom) ? bottom : 0, w: 12, h: 8 },
    fieldConfig: { defaults: {}, overrides: [] },
    options: {},
    targets: [{ refId: 'A', expr: '', range: true, datasource: { type: 'prometheus', uid: 'prometheus' } }],
  };
  const had = fieldOf(document, 'panels');
  return { ...document, panels: [...(Array.isArray(had) ? had : []), panel] };
}
