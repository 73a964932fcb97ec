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
import { type Datasource, type DatasourceNames, datasourceOf } from './datasource.js';
import { modernPanel } from './old-panels.js';

/** The kinds that are drawn. `unknown`: its queries' results are shown as a table that says so. */
export const panelKinds = [
  'timeseries',
  'stat',
  'gauge',
  'bargauge',
  'table',
  'heatmap',
  'text',
  'logs',
  'piechart',
  'barchart',
  'state-timeline',
  'status-history',
] as const;
export type PanelKind = (typeof panelKinds)[number] | 'unknown';

/** In Grafana's grid: 24 columns; a row is 30 px and a gap of 8. */
export interface GridPlace {
  readonly x: number;
  readonly y: number;
  readonly w: number;
  readonly h: number;
}

export interface Target {
  readonly refId: string;
  readonly datasource: Datasource;
  /** PromQL with variables, or the search of our logs. */
  readonly expr: string;
  readonly legend: string;
  readonly format: 'time_series' | 'table' | 'heatmap';
  /** A value of now instead of, or beside, one per step. */
  readonly instant: boolean;
  readonly range: boolean;
  readonly hidden: boolean;
  /** The least step, as `30s` or with a variable; empty: none. */
  readonly interval: string;
  /** For `dashboard`: the panel whose queries it shows. */
  readonly panelId: number | undefined;
}

export interface PanelLink {
  readonly title: string;
  readonly url: string;
  readonly newTab: boolean;
  /** Takes the page's range, or its variables, along. */
  readonly keepsTime?: boolean;
  readonly keepsVariables?: boolean;
}

/** A menu of the dashboards that have all of these tags. */
export interface TagLink {
  readonly title: string;
  readonly tags: readonly string[];
  readonly newTab: boolean;
  readonly keepsTime: boolean;
  readonly keepsVariables: boolean;
}

export interface Panel {
  /** Stands in addresses: its id, or its path where ids are missing or double. */
  readonly key: string;
  readonly path: JsonPath;
  readonly id: number | undefined;
  readonly kind: PanelKind;
  /** As the file calls it. */
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly transparent: boolean;
  readonly place: GridPlace;
  readonly datasource: Datasource;
  readonly targets: readonly Target[];
  /** `defaults` and `overrides`, also of kinds that once had them elsewhere. */
  readonly fieldConfig: JsonObject;
  readonly options: JsonObject;
  readonly transformations: readonly JsonObject[];
  readonly links: readonly PanelLink[];
  /** The variable that repeats it; empty: none. */
  readonly repeat: string;
  readonly repeatDirection: 'h' | 'v';
  readonly maxPerRow: number;
  /** The least step; empty: none. */
  readonly interval: string;
  readonly maxDataPoints: number | undefined;
  /** `1h`: it looks at the last hour whatever the page does; `1d` back. */
  readonly timeFrom: string;
  readonly timeShift: string;
  /** What was kept but does nothing here, in words. */
  readonly notes: readonly string[];
  /** For a repeated panel: the value that each variable has in it. */
  readonly scoped: ReadonlyMap<string, ScopedValue>;
}

export interface ScopedValue {
  readonly text: string;
  readonly value: string;
}

export function readPanel(raw: JsonObject, path: JsonPath, key: string, names: DatasourceNames): Panel {
  const type = textOf(raw, 'type');
  const panel = modernPanel(raw);
  const kind = panelKinds.find(one => one === textOf(panel, 'type')) ?? 'unknown';
  const datasource = datasourceOf(fieldOf(panel, 'datasource'), names);
  const library = objectOf(panel, 'libraryPanel');
  const notes: string[] = [];
  if (textOf(library, 'uid') !== '' && objectsOf(panel, 'targets').length === 0) {
    notes.push(
      `"${textOf(library, 'name')}" is a library panel, which the file only points to. Export the dashboard for sharing externally, so that it holds the panel.`,
    );
  }
  return {
    key,
    path,
    id: numberOf(panel, 'id'),
    kind,
    type,
    title: textOf(panel, 'title'),
    description: textOf(panel, 'description'),
    transparent: flagOf(panel, 'transparent'),
    place: readPlace(panel),
    datasource,
    targets: objectsOf(panel, 'targets')
      .slice(0, maxTargets)
      .map((target, at) => readTarget(target, at, datasource, names)),
    fieldConfig: objectOf(panel, 'fieldConfig'),
    options: objectOf(panel, 'options'),
    transformations: objectsOf(panel, 'transformations').filter(one => !flagOf(one, 'disabled')),
    links: readLinks(panel),
    repeat: textOf(panel, 'repeat'),
    repeatDirection: textOf(panel, 'repeatDirection') === 'v' ? 'v' : 'h',
    maxPerRow: Math.max(1, numberOf(panel, 'maxPerRow') ?? 4),
    interval: textOf(panel, 'interval'),
    maxDataPoints: numberOf(panel, 'maxDataPoints'),
    timeFrom: textOf(panel, 'timeFrom'),
    timeShift: textOf(panel, 'timeShift'),
    notes,
    scoped: new Map(),
  };
}

const maxTargets = 50;

/** Where a panel stands, inside the grid. */
export function readPlace(panel: JsonObject): GridPlace {
  const grid = objectOf(panel, 'gridPos');
  const whole = (key: string, or: number, least: number, most: number): number =>
    Math.min(Math.max(Math.round(numberOf(grid, key) ?? or), least), most);
  const w = whole('w', 12, 1, 24);
  return { w, h: whole('h', 8, 1, 200), x: whole('x', 0, 0, 24 - w), y: whole('y', 0, 0, 100_000) };
}

function readTarget(target: JsonObject, at: number, ofPanel: Datasource, names: DatasourceNames): Target {
  const own = fieldOf(target, 'datasource');
  const datasource = own === undefined || own === null ? ofPanel : datasourceOf(own, names);
  const format = textOf(target, 'format');
  const instant = flagOf(target, 'instant');
  return {
    refId: textOf(target, 'refId') || letter(at),
    datasource,
    expr: exprOf(target, datasource),
    legend: textOf(target, 'legendFormat'),
    format: format === 'table' || format === 'heatmap' ? format : 'time_series',
    instant,
    range: flagOf(target, 'range') || !instant,
    hidden: flagOf(target, 'hide'),
    interval: textOf(target, 'interval'),
    panelId: numberOf(target, 'panelId'),
  };
}

/** PromQL; for our logs their search; Loki's selector is kept so that it can be shown. */
function exprOf(target: JsonObject, datasource: Datasource): string {
  return datasource.kind === 'logs' ? textOf(target, 'query') || textOf(target, 'expr') : textOf(target, 'expr');
}

function letter(at: number): string {
  return at < 26 ? String.fromCharCode(65 + at) : `Q${at}`;
}

/** Links of a dashboard, panel or field: what they are called and where they lead, with variables. */
export function readLinks(owner: JsonObject): readonly PanelLink[] {
  return objectsOf(owner, 'links')
    .map(link => ({
      title: textOf(link, 'title') || 'Link',
      url: textOf(link, 'url'),
      newTab: flagOf(link, 'targetBlank'),
      ...(flagOf(link, 'keepTime') && { keepsTime: true }),
      ...(flagOf(link, 'includeVars') && { keepsVariables: true }),
    }))
    .filter(link => link.url !== '');
}

/** Links of a dashboard to all those with some tags. */
export function readTagLinks(document: JsonObject): readonly TagLink[] {
  return objectsOf(document, 'links')
    .filter(link => textOf(link, 'type') === 'dashboards')
    .map(link => {
      const tags = textsOf(link, 'tags');
      return {
        title: textOf(link, 'title') || tags.join(', ') || 'Dashboards',
        tags,
        newTab: flagOf(link, 'targetBlank'),
        keepsTime: flagOf(link, 'keepTime'),
        keepsVariables: flagOf(link, 'includeVars'),
      };
    });
}
