import {
  type JsonObject,
  type JsonPath,
  fieldOf,
  flagOf,
  numberOf,
  objectOf,
  objectsOf,
  textOf,
  textsOf,
} from '../json/json.js';
import { type Variable, readVariables } from '../variables/variable.js';
import { type DatasourceNames, datasourceNames, datasourceOf } from './datasource.js';
import {
  type GridPlace,
  type Panel,
  type PanelLink,
  type TagLink,
  readLinks,
  readPanel,
  readTagLinks,
} from './panel.js';

/** Panels below one heading, or those before the first. */
export interface Section {
  /** Undefined: the panels before the first row. */
  readonly row: Row | undefined;
  readonly panels: readonly Panel[];
}

export interface Row {
  readonly key: string;
  readonly path: JsonPath;
  readonly title: string;
  readonly collapsed: boolean;
  /** The variable that repeats it; empty: none. */
  readonly repeat: string;
}

export interface AnnotationQuery {
  readonly name: string;
  readonly enabled: boolean;
  /** PromQL; what it returns above 0 is marked. */
  readonly expr: string;
  readonly step: string;
  readonly titleFormat: string;
  readonly textFormat: string;
  readonly tagKeys: string;
}

/** A dashboard as it is drawn. What it does not name is kept in the JSON it was read from. */
export interface Dashboard {
  readonly uid: string;
  readonly title: string;
  readonly description: string;
  readonly tags: readonly string[];
  readonly schemaVersion: number;
  /** Counted up by every save. */
  readonly version: number;
  /** `30s`; empty: not by itself. */
  readonly refresh: string;
  readonly time: { readonly from: string; readonly to: string };
  readonly sections: readonly Section[];
  readonly variables: readonly Variable[];
  readonly annotations: readonly AnnotationQuery[];
  readonly links: readonly PanelLink[];
  readonly tagLinks: readonly TagLink[];
  /** What is in the file and does nothing here, in words. */
  readonly notes: readonly string[];
}

const maxPanels = 1000;

/** Works out what a dashboard's JSON says. Takes whatever is an object: nothing in it can make it fail. */
export function readDashboard(document: JsonObject): Dashboard {
  const names = datasourceNames(document);
  const notes: string[] = [];
  const sections = readSections(document, names, notes);
  const annotations = objectsOf(objectOf(document, 'annotations'), 'list').flatMap(one =>
    readAnnotation(one, names, notes),
  );
  const time = objectOf(document, 'time');
  const refresh = fieldOf(document, 'refresh');
  return {
    uid: textOf(document, 'uid'),
    title: textOf(document, 'title') || 'Dashboard without a title',
    description: textOf(document, 'description'),
    tags: textsOf(document, 'tags'),
    schemaVersion: numberOf(document, 'schemaVersion') ?? 0,
    version: numberOf(document, 'version') ?? 0,
    refresh: typeof refresh === 'string' ? refresh : '',
    time: { from: textOf(time, 'from'), to: textOf(time, 'to') },
    sections,
    variables: readVariables(document, names),
    annotations,
    links: readLinks(document),
    tagLinks: readTagLinks(document),
    notes,
  };
}

function readSections(document: JsonObject, names: DatasourceNames, notes: string[]): readonly Section[] {
  const seen = new Set<string>();
  let count = 0;
  const keyOf = (raw: JsonObject, path: JsonPath): string => {
    const id = numberOf(raw, 'id');
    const key =
      id === undefined || seen.has(String(id))
        ? `p${path.filter(part => typeof part === 'number').join('.')}`
        : String(id);
    seen.add(key);
    return key;
  };
  const read = (raw: JsonObject, path: JsonPath): Panel[] => {
    count += 1;
    return count > maxPanels ? [] : [readPanel(raw, path, keyOf(raw, path), names)];
  };

  const sections: Section[] = [];
  let current: { row: Row | undefined; panels: Panel[] } = { row: undefined, panels: [] };
  const close = (): void => {
    if (current.row !== undefined || current.panels.length > 0)
      sections.push({ ...current, panels: inOrder(current.panels) });
  };

  // From 2018 (schema 16) on one list of panels; a row holds its panels only while it is folded.
  const panels = listWithPaths(document, ['panels']).toSorted(([a], [b]) => rank(a) - rank(b));
  for (const [raw, path] of panels) {
    if (textOf(raw, 'type') !== 'row') {
      current.panels.push(...read(raw, path));
      continue;
    }
    close();
    const row = { ...rowOf(raw, path, keyOf(raw, path)), collapsed: flagOf(raw, 'collapsed') };
    current = {
      row,
      panels: listWithPaths(raw, [...path, 'panels'], 'panels').flatMap(([inner, at]) => read(inner, at)),
    };
  }
  close();

  for (const [raw, path] of listWithPaths(document, ['rows'])) {
    const row = { ...rowOf(raw, path, keyOf(raw, path)), collapsed: flagOf(raw, 'collapse') };
    const inner = flowed(raw, [...path, 'panels']).flatMap(([panel, at]) => read(panel, at));
    sections.push({ row: row.title === '' && !row.collapsed && row.repeat === '' ? undefined : row, panels: inner });
  }
  if (count > maxPanels) notes.push(`It has ${count} panels; the first ${maxPanels} are shown.`);
  return sections;
}

function rowOf(raw: JsonObject, path: JsonPath, key: string): Row {
  // A row of before 2018 has a title that may be switched off.
  const hidden = fieldOf(raw, 'showTitle') === false;
  return { key, path, title: hidden ? '' : textOf(raw, 'title'), collapsed: false, repeat: textOf(raw, 'repeat') };
}

/** In reading order: a row is a panel of full width and divides those above from those below. */
function rank(raw: JsonObject): number {
  const grid = objectOf(raw, 'gridPos');
  return (numberOf(grid, 'y') ?? 0) * 100 + (numberOf(grid, 'x') ?? 0);
}

function inOrder(panels: readonly Panel[]): readonly Panel[] {
  return panels.toSorted((a, b) => a.place.y - b.place.y || a.place.x - b.place.x);
}

function listWithPaths(
  owner: JsonObject,
  path: JsonPath,
  key = String(path.at(-1)),
): readonly (readonly [JsonObject, JsonPath])[] {
  const list = fieldOf(owner, key);
  if (!Array.isArray(list)) return [];
  return list.flatMap((one, at): (readonly [JsonObject, JsonPath])[] =>
    typeof one === 'object' && one !== null && !Array.isArray(one) ? [[one, [...path, at]]] : [],
  );
}

/** Old rows flow: spans of 12 from left to right, all as high as the row. */
function flowed(row: JsonObject, path: JsonPath): readonly (readonly [JsonObject, JsonPath])[] {
  const rowHeight = heightOf(fieldOf(row, 'height')) ?? 7;
  let x = 0;
  let y = 0;
  return listWithPaths(row, path, 'panels').map(([raw, at]) => {
    const w = Math.min(Math.max(Math.round(numberOf(raw, 'span') ?? 4), 1), 12) * 2;
    const h = heightOf(fieldOf(raw, 'height')) ?? rowHeight;
    if (x + w > 24) {
      x = 0;
      y += rowHeight;
    }
    const gridPos: { [key in keyof GridPlace]: number } = { x, y, w, h };
    x += w;
    return [{ ...raw, gridPos }, at] as const;
  });
}

/** `"250px"` or 250, in rows of the grid. */
function heightOf(height: unknown): number | undefined {
  const px = typeof height === 'number' ? height : typeof height === 'string' ? Number.parseFloat(height) : Number.NaN;
  return Number.isFinite(px) && px > 0 ? Math.max(3, Math.ceil(px / 38)) : undefined;
}

function readAnnotation(one: JsonObject, names: DatasourceNames, notes: string[]): AnnotationQuery[] {
  const target = objectOf(one, 'target');
  const expr = textOf(one, 'expr') || textOf(target, 'expr');
  const name = textOf(one, 'name');
  if (flagOf(one, 'builtIn') || numberOf(one, 'builtIn') === 1) return [];
  const datasource = datasourceOf(fieldOf(one, 'datasource'), names);
  if (expr === '' || datasource.kind !== 'prometheus') {
    const source = datasource.kind === 'unknown' ? datasource.name : 'something other than PromQL';
    notes.push(`The annotations "${name}" come from ${source} and are not shown.`);
    return [];
  }
  return [
    {
      name,
      enabled: fieldOf(one, 'enable') !== false,
      expr,
      step: textOf(one, 'step'),
      titleFormat: textOf(one, 'titleFormat'),
      textFormat: textOf(one, 'textFormat'),
      tagKeys: textOf(one, 'tagKeys'),
    },
  ];
}
