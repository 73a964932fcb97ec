import {
  BadDashboard,
  type Json,
  type JsonObject,
  fieldOf,
  isObject,
  listOf,
  objectOf,
  parseJson,
  textOf,
} from '../json/json.js';

export const uidForm = '1 to 100 letters, digits, dashes and underscores';

export function isUid(text: string): boolean {
  return /^[A-Za-z0-9_-]{1,100}$/.test(text);
}

/** The dashboard in a text: a file of it, an export, or the answer of Grafana's API (`{dashboard, meta}`). Throws `BadDashboard`. */
export function importDashboard(text: string): JsonObject {
  return dashboardIn(parseJson(text));
}

/** The dashboard in JSON that was read already. Throws `BadDashboard` with what it is instead, as far as that can be told. */
export function dashboardIn(json: Json): JsonObject {
  if (Array.isArray(json)) {
    throw new BadDashboard(
      json.length === 1
        ? 'It is a list with one thing in it: give the thing itself, without [ and ].'
        : 'It is a list: give one dashboard at a time.',
    );
  }
  if (!isObject(json)) throw new BadDashboard('It is no JSON object; a dashboard starts with {.');
  const inner = fieldOf(json, 'dashboard');
  if (isObject(inner)) return dashboardIn(inner);
  if (Array.isArray(fieldOf(json, 'panels')) || Array.isArray(fieldOf(json, 'rows'))) return json;
  // Kubernetes objects (Grafana's operator, `apiVersion: dashboard.grafana.app`) carry it in `spec`.
  const spec = objectOf(json, 'spec');
  if (Array.isArray(fieldOf(spec, 'panels')) || Array.isArray(fieldOf(spec, 'rows'))) return spec;
  if (typeof fieldOf(spec, 'json') === 'string') return importDashboard(textOf(spec, 'json'));
  throw new BadDashboard(whatItIs(json, spec));
}

function whatItIs(json: JsonObject, spec: JsonObject): string {
  const has = (key: string): boolean => fieldOf(json, key) !== undefined;
  if (isObject(fieldOf(spec, 'elements')) || isObject(fieldOf(json, 'elements'))) {
    return 'It is a dashboard of schema v2 (with `elements`): export it from Grafana as "classic" JSON.';
  }
  if (has('groups') && listOf(json, 'groups').length > 0)
    return 'It is a file of alert or recording rules, not a dashboard.';
  if (has('grafana_alert') || has('ruleGroup') || (has('condition') && has('data')))
    return 'It is a Grafana alert rule, not a dashboard.';
  if (has('apiVersion') && (has('contactPoints') || has('policies') || has('datasources') || has('providers'))) {
    return 'It is a provisioning file of Grafana (datasources, contact points or where dashboards lie), not a dashboard.';
  }
  if (has('model') && has('kind')) return 'It is a library panel: export the dashboard that shows it.';
  if (has('uid') && has('title') && (has('parentUid') || has('url')) && !has('schemaVersion')) {
    return "It is an exported folder, not a dashboard: export the folder's dashboards one by one.";
  }
  if (has('targets') && has('type')) return 'It is one panel, not a dashboard: put it into the "panels" of one.';
  if (has('resourceSpans') || has('resourceMetrics')) return 'It is telemetry (OTLP), not a dashboard.';
  if (has('schemaVersion') || has('templating')) return 'It is a dashboard without "panels": there is nothing to draw.';
  return 'It is JSON, but no Grafana dashboard: it has no "panels".';
}

/**
 * The document as it is kept: with a uid that can stand in addresses. Everything else stays as it came.
 * `made` gives a new uid when it has none that fits.
 */
export function withUid(document: JsonObject, made: () => string): JsonObject {
  return isUid(textOf(document, 'uid')) ? document : { ...document, uid: made() };
}
