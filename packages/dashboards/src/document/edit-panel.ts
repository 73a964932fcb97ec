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

/** What can be changed of a panel; undefined stays as it is. */
export interface PanelEdit {
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly unit?: string | undefined;
  /** By their order in the file. */
  readonly targets?: readonly { readonly expr: string; readonly legend: string }[] | undefined;
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
  const targets = fieldOf(panel, 'targets');
  edit.targets?.forEach(({ expr, legend }, at) => {
    const target = Array.isArray(targets) ? targets[at] : undefined;
    const known = target !== undefined && isObject(target) ? target : undefined;
    if (known === undefined) {
      put(['targets', at], {
        refId: String.fromCharCode(65 + (at % 26)),
        expr,
        ...(legend !== '' && { legendFormat: legend }),
      });
      return;
    }
    if (expr !== textOf(known, 'expr')) put(['targets', at, 'expr'], expr);
    if (legend !== textOf(known, 'legendFormat')) put(['targets', at, 'legendFormat'], legend);
  });
  const edited = changed === panel ? document : withValueAt(document, path, changed);
  return isObject(edited) ? edited : document;
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
  const ids = panels.flatMap(one => [one, ...objectsOf(one, 'panels')]).map(one => Number(fieldOf(one, 'id') ?? 0));
  const bottom = Math.max(
    0,
    ...panels.map(one => Number(objectOf(one, 'gridPos')['y'] ?? 0) + Number(objectOf(one, 'gridPos')['h'] ?? 0)),
  );
  const panel: JsonObject = {
    id: Math.max(0, ...ids.filter(Number.isFinite)) + 1,
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
