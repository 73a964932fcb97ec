import { type Json, type JsonObject, fieldOf, isObject, textOf } from '../json/json.js';

/**
 * Where a panel's numbers come from. Everything that speaks PromQL is answered by us, whatever its name and uid were where the dashboard was made;
 * `dashboard` shows the queries of another panel.
 */
export type Datasource =
  | { readonly kind: 'prometheus' }
  | { readonly kind: 'logs' }
  | { readonly kind: 'dashboard' }
  | { readonly kind: 'mixed' }
  | { readonly kind: 'unknown'; readonly name: string };

/** What datasource variables and `__inputs` stand for: name to plugin id. */
export type DatasourceNames = ReadonlyMap<string, string>;

const speaksPromql = new Set([
  'prometheus',
  'grafana-amazonprometheus-datasource',
  'grafana-azureprometheus-datasource',
  'victoriametrics-datasource',
  'victoriametrics-metrics-datasource',
  'mimir',
  'thanos',
]);

const ours: Datasource = { kind: 'prometheus' };

/** `asked` is a panel's or query's `datasource`: `null`, a name, `{type, uid}`, or a variable. */
export function datasourceOf(asked: Json | undefined, names: DatasourceNames): Datasource {
  if (isObject(asked)) {
    const type = textOf(asked, 'type');
    const uid = textOf(asked, 'uid');
    if (type !== '' && !isVariable(type)) return ofType(type, uid);
    return uid === '' ? ours : ofName(uid, names);
  }
  return typeof asked === 'string' && asked !== '' ? ofName(asked, names) : ours;
}

function ofType(type: string, uid: string): Datasource {
  if (speaksPromql.has(type)) return ours;
  if (type === 'bellwether-logs') return { kind: 'logs' };
  if (uid === '-- Dashboard --') return { kind: 'dashboard' };
  if (uid === '-- Mixed --' || type === 'mixed') return { kind: 'mixed' };
  if (type === 'datasource' && uid === '') return ours;
  return { kind: 'unknown', name: uid === '-- Grafana --' || uid === 'grafana' ? 'Grafana itself' : type };
}

function ofName(name: string, names: DatasourceNames): Datasource {
  const variable = isVariable(name);
  if (variable) {
    const type = names.get(variable);
    return type === undefined ? ours : ofType(type, '');
  }
  if (name === '-- Mixed --') return { kind: 'mixed' };
  if (name === '-- Dashboard --') return { kind: 'dashboard' };
  if (name === '-- Grafana --') return { kind: 'unknown', name: 'Grafana itself' };
  const known = otherKinds.find(kind => name.toLowerCase().includes(kind));
  // A name alone does not say its kind: whoever asks in PromQL is answered.
  return known === undefined ? ours : { kind: 'unknown', name };
}

const otherKinds = [
  'loki',
  'tempo',
  'jaeger',
  'elasticsearch',
  'influx',
  'graphite',
  'mysql',
  'postgres',
  'cloudwatch',
  'zipkin',
];

/** The variable's name in `$ds`, `${ds}`, `${ds:raw}`, `[[ds]]`. */
function isVariable(text: string): string | undefined {
  const match = /^\$(\w+)$|^\$\{(\w+)(?::\w+)?\}$|^\[\[(\w+)\]\]$/.exec(text);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

/** What the inputs of an export and its datasource variables stand for. */
export function datasourceNames(document: JsonObject): DatasourceNames {
  const names = new Map<string, string>();
  const inputs = fieldOf(document, '__inputs');
  for (const input of Array.isArray(inputs) ? inputs : []) {
    if (isObject(input) && textOf(input, 'type') === 'datasource')
      names.set(textOf(input, 'name'), textOf(input, 'pluginId'));
  }
  const templating = fieldOf(document, 'templating');
  const list = isObject(templating) ? fieldOf(templating, 'list') : undefined;
  for (const variable of Array.isArray(list) ? list : []) {
    if (isObject(variable) && textOf(variable, 'type') === 'datasource')
      names.set(textOf(variable, 'name'), textOf(variable, 'query'));
  }
  return names;
}
